// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc
import HealthModel
import LinuxRuntime

/// Drives one libcurl multi handle on the loop: its sockets, its timer, its finished transfers.
///
/// Several of these share the targets, because libcurl's tables of connections and hosts are searched linearly.
@safe
final class CurlShard {
    /// libcurl's handle.
    let multi: UnsafeMutableRawPointer
    /// How many exchanges were prepared on this shard and not closed.
    private(set) var exchangeCount = 0

    /// Where everything here happens.
    let loop: EventLoop
    /// libcurl's table of hosts, which all its transfers share.
    private var addresses: [String: String] = [:]
    /// libcurl's open sockets.
    var sockets: [CInt: CurlSocket] = [:]
    /// Sockets found ready although no edge will say so.
    var overlooked: [CInt] = []
    /// Sockets that libcurl has lost interest in while they were connecting: it closes such a one without telling.
    var doubtful: [CInt] = []
    /// When libcurl wants to be called for its own timeouts.
    private var wanted: MonotonicInstant?
    private var alarm: (timer: TimerID, deadline: MonotonicInstant)?

    /// How often libcurl may ask to be called again at once before other descriptors get their turn.
    private static let immediateCalls = 4

    /// nil when there is no memory or no descriptor for libcurl's own use (it takes two for each multi handle).
    init?(on loop: isolated EventLoop) {
        guard CurlGlobal.isReady, let multi = unsafe curl_multi_init() else { return nil }
        unsafe self.multi = multi
        self.loop = loop
        // One probe, one connection: what another probe's stream does must not show in this one's phases.
        _ = unsafe ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        _ = unsafe ccurl_multi_set_socket_function(multi, CurlCallbacks.socketChanged, context)
        _ = unsafe ccurl_multi_set_timer_function(multi, CurlCallbacks.timerChanged, context)
    }

    /// Counts one more exchange, and makes room for its kept connection.
    func join() {
        exchangeCount += 1
        _ = unsafe ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, exchangeCount + 8)
    }

    /// Counts one exchange less; the last one takes every kept connection, libcurl's handle and the timer with it.
    func leave(on loop: isolated EventLoop) {
        exchangeCount -= 1
        guard exchangeCount == 0 else { return }
        // unsafe: closes kept connections through closeSocket; nobody calls into the handle after this.
        unsafe curl_multi_cleanup(multi)
        if let alarm { loop.cancel(alarm.timer) }
        alarm = nil
    }

    /// Notes which addresses libcurl's table is about to hold for a host; false when it holds them already.
    func noteAddresses(_ list: String, of host: String) -> Bool {
        addresses.updateValue(list, forKey: host) != list
    }

    /// Starts a transfer; false when libcurl does not take it.
    func begin(_ handle: CurlHandle, on loop: isolated EventLoop) -> Bool {
        guard unsafe curl_multi_add_handle(multi, handle.easy) == CURLM_OK else { return false }
        settle(on: loop)
        return true
    }

    /// Ends a transfer under way, and its connection.
    func abandon(_ handle: CurlHandle, on loop: isolated EventLoop) {
        _ = unsafe curl_multi_remove_handle(multi, handle.easy)
        settle(on: loop)
    }

    /// Runs a transfer that our callbacks stop before it opens a connection or sends a request.
    func passThrough(_ handle: CurlHandle, on loop: isolated EventLoop) {
        guard unsafe curl_multi_add_handle(multi, handle.easy) == CURLM_OK else { return }
        settle(on: loop)
        _ = unsafe curl_multi_remove_handle(multi, handle.easy)
        settle(on: loop)
    }

    /// Runs what libcurl wants run at once, hands out what is finished, and sets the timer.
    func settle(on loop: isolated EventLoop) {
        var calls = 0
        while let wanted, wanted <= loop.now, calls < Self.immediateCalls {
            calls += 1
            act(CInt(CCURL_TIMEOUT), 0)
            handOutFinished(on: loop)
        }
        handOutFinished(on: loop)
        forgetClosed(on: loop)
        setAlarm(on: loop)
    }

    func act(_ socket: CInt, _ events: CInt) {
        var running: CInt = 0
        if socket == CInt(CCURL_TIMEOUT) { wanted = nil }
        _ = unsafe curl_multi_socket_action(multi, socket, events, &running)
    }

    /// libcurl wants to be called after `milliseconds`; negative = never.
    func timerChanged(_ milliseconds: Int) {
        wanted =
            switch milliseconds {
            case ..<0: nil
            case 0: MonotonicInstant(nanoseconds: .min)
            default: loop.kernel.now.advanced(by: .milliseconds(milliseconds))
            }
    }

    private func handOutFinished(on loop: isolated EventLoop) {
        var code = CURLE_OK
        while let easy = unsafe ccurl_multi_next_finished(multi, &code) {
            let exchange = unsafe CurlExchange.owner(of: easy)
            _ = unsafe curl_multi_remove_handle(multi, easy)
            forgetClosed(on: loop)
            exchange?.transferEnded(code, on: loop)
        }
    }

    /// Sets the loop's timer for libcurl's next timeout; one that is early enough stays, because most are taken back.
    private func setAlarm(on loop: isolated EventLoop) {
        guard let deadline = overlooked.isEmpty ? wanted : loop.now else { return }
        if let alarm {
            guard deadline < alarm.deadline else { return }
            loop.cancel(alarm.timer)
        }
        alarm = (loop.schedule(self, at: deadline), deadline)
    }
}

extension CurlShard: TimerHandler {
    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        alarm = nil
        visitOverlooked()
        settle(on: loop)
    }
}
