// SPDX-License-Identifier: Apache-2.0

import CCurl
import HealthModel
import LinuxRuntime

/// What can be read off a transfer, under way or ended.
extension CurlExchange {
    /// Whether the transfer runs on a connection kept from an earlier exchange.
    func isReused(_ run: Run) -> Bool {
        run.stage == .transferring && run.socketsOpened == 0
    }

    /// The phase that the transfer is in.
    var phaseNow: Phase {
        guard let run else { return .connect }
        return clock.phase(isSecure: run.url.isSecure, isReused: isReused(run), hasAnswerStarted: answer.hasStarted)
    }

    /// How long each phase took, earlier transfers of the run included.
    ///
    /// - Parameters:
    ///   - last: the phase the transfer is in, or the last one of an answer.
    ///   - elapsed: how long a transfer without a whole answer has taken: libcurl sets its own total only at the end.
    /// - Returns: the timings, the phase under way included.
    func phasesNow(upTo last: Phase, elapsed: Duration? = nil) -> PhaseTimings {
        guard let run else { return PhaseTimings() }
        var clock = self.clock
        if let elapsed { clock.total = elapsed.inNanoseconds / 1_000 }
        if let answerStartedAt = run.answerStartedAt {
            // libcurl takes the server's SETTINGS for the first byte of an answer over HTTP/2.
            let firstByte = run.transferStartedAt.duration(to: answerStartedAt).inNanoseconds / 1_000
            clock.firstByte = max(clock.firstByte, firstByte)
            clock.total = max(clock.total, clock.firstByte)
        }
        var phases = run.phases
        phases.add(clock.timings(isSecure: run.url.isSecure, isReused: isReused(run), upTo: last))
        return phases
    }

    /// Hands the answer out and forgets it.
    func takeAnswer(_ status: Int) -> HTTPAnswer {
        let version =
            switch handle?.long(CURLINFO_HTTP_VERSION) ?? 0 {
            case Int(CURL_HTTP_VERSION_1_0): "1.0"
            case Int(CURL_HTTP_VERSION_2_0): "2"
            default: "1.1"
            }
        return HTTPAnswer(
            status: status,
            version: version,
            headers: HTTPHeaders(lines: answer.headerLines),
            trailers: HTTPHeaders(lines: answer.trailerLines),
            body: answer.body,
            bodyLength: answer.bodyLength
        )
    }

    /// The part of an answer that arrived; nil without a status line.
    func takePartialAnswer() -> HTTPAnswer? {
        guard answer.hasStarted, let status = handle?.long(CURLINFO_RESPONSE_CODE), status > 0 else { return nil }
        return takeAnswer(status)
    }

    private var clock: TransferClock {
        guard let handle, let run else { return TransferClock() }
        var connected = handle.offset(CURLINFO_CONNECT_TIME_T)
        if connected == 0, let handshake = run.handshakeStartedAt {
            // While a handshake is under way libcurl does not say yet that the connection stands.
            connected = max(1, run.transferStartedAt.duration(to: handshake).inNanoseconds / 1_000)
        }
        return TransferClock(
            connected: connected,
            secured: handle.offset(CURLINFO_APPCONNECT_TIME_T),
            ready: handle.offset(CURLINFO_PRETRANSFER_TIME_T),
            firstByte: handle.offset(CURLINFO_STARTTRANSFER_TIME_T),
            total: handle.offset(CURLINFO_TOTAL_TIME_T)
        )
    }
}
