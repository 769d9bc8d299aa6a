// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Synchronization

/// A kernel whose time passes only while the loop waits, or by hand, and whose descriptors are mere numbers.
final class ManualKernel: Kernel {
    private struct State {
        var now = MonotonicInstant(nanoseconds: 1_000_000_000)
        var tokens: [CInt: UInt64] = [:]
        var ready: [Readiness] = []
        var wakeUps = 0
        var sleeper: CheckedContinuation<Void, Never>?
        var calls: [String] = []
    }

    private let state = Mutex(State())
    private let disconnects: Bool
    private let batch: Int

    /// - Parameters:
    ///   - disconnects: whether a socket can be connected again.
    ///   - batch: how many descriptors a wait reports.
    init(disconnects: Bool = false, batch: Int = .max) {
        self.disconnects = disconnects
        self.batch = batch
    }

    /// What was asked for descriptors, in order.
    var calls: [String] { state.withLock(\.calls) }

    var now: MonotonicInstant { state.withLock(\.now) }
    var wallTime: WallTime { WallTime(nanosecondsSinceEpoch: 0) }

    /// Lets time pass, as a handler does that takes long.
    func advance(by duration: Duration) {
        state.withLock { $0.now = $0.now.advanced(by: duration) }
    }

    /// Makes the next wait report a watched descriptor.
    func report(_ descriptor: CInt, _ events: Readiness.Events = .readable) {
        state.withLock { state in
            guard let token = state.tokens[descriptor] else { return }
            state.ready.append(Readiness(token: token, events: events))
        }
    }

    /// Waits until somebody has woken the loop, and so has enqueued a job.
    func waitForWakeUp() async {
        await withCheckedContinuation { continuation in
            let isAwake = state.withLock { state in
                if state.wakeUps == 0 { state.sleeper = continuation }
                return state.wakeUps > 0
            }
            if isAwake { continuation.resume() }
        }
    }

    func wait(timeout: Duration?, ready: inout [Readiness]) -> Bool {
        state.withLock { state in
            ready = Array(state.ready.prefix(batch))
            state.ready.removeFirst(ready.count)
            guard ready.isEmpty, state.wakeUps == 0, let timeout else {
                state.wakeUps = 0
                return ready.count == batch
            }
            state.now = state.now.advanced(by: timeout)
            return false
        }
    }

    func wake() {
        let sleeper = state.withLock { state in
            state.wakeUps += 1
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    func watch(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        state.withLock { state in
            state.tokens[descriptor] = token
            state.calls.append("watch \(descriptor)")
        }
    }

    func disconnect(_ descriptor: CInt) -> Bool {
        guard disconnects else { return false }
        state.withLock { $0.calls.append("disconnect \(descriptor)") }
        return true
    }

    func unwatch(_ descriptor: CInt) {
        state.withLock { $0.tokens[descriptor] = nil }
    }

    func openStream(for address: SocketAddress) throws(SystemError) -> CInt {
        throw SystemError(code: 1, text: "no sockets here")
    }

    func bind(_ descriptor: CInt, to source: SocketAddress) throws(SystemError) {
        throw SystemError(code: 1, text: "no sockets here")
    }

    func connect(_ descriptor: CInt, to address: SocketAddress) throws(SystemError) -> Bool {
        throw SystemError(code: 1, text: "no sockets here")
    }

    func pendingError(of descriptor: CInt) -> SystemError? { nil }
    func hasRoute(like address: SocketAddress) -> Bool { true }
    func resetOnClose(_ descriptor: CInt) {
        state.withLock { $0.calls.append("reset \(descriptor)") }
    }

    func read(_ descriptor: CInt, limit: Int) -> ReadResult { .wouldBlock }
    func write(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) -> WriteResult { .wouldBlock }
    func openDatagram(_ kind: DatagramKind, for address: SocketAddress) throws(SystemError) -> CInt {
        throw SystemError(code: 1, text: "no sockets here")
    }

    func send(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) throws(SystemError) {
        throw SystemError(code: 1, text: "no sockets here")
    }

    func receive(_ descriptor: CInt, limit: Int) -> ReceiveResult { .wouldBlock }

    func close(_ descriptor: CInt) {
        state.withLock { $0.calls.append("close \(descriptor)") }
    }
}
