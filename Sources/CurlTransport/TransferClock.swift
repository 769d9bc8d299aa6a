// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// libcurl's clock of one transfer: when each part ended, in microseconds from the transfer's start; 0 = not reached.
struct TransferClock: Hashable {
    /// When the connection stood.
    var connected: Int64 = 0
    /// When TLS stood.
    var secured: Int64 = 0
    /// When the request was about to be sent.
    var ready: Int64 = 0
    /// When the first byte of the answer came.
    var firstByte: Int64 = 0
    /// How long the transfer has taken so far.
    var total: Int64 = 0

    /// The phase a transfer is in that has not ended well.
    func phase(isSecure: Bool, isReused: Bool, hasAnswerStarted: Bool) -> Phase {
        if hasAnswerStarted { return .transfer }
        if isReused || ready > 0 { return .firstByte }
        if connected == 0 { return .connect }
        return isSecure && secured == 0 ? .tls : .firstByte
    }

    /// How long each phase took, resolution aside; the phase under way counts up to `total`.
    func timings(isSecure: Bool, isReused: Bool, upTo last: Phase) -> PhaseTimings {
        var timings = PhaseTimings()
        var begin: Int64 = 0
        if !isReused {
            timings.connect = span(begin, last == .connect ? total : connected)
            guard last != .connect else { return timings }
            begin = connected
            if isSecure {
                timings.tls = span(begin, last == .tls ? total : secured)
                guard last != .tls else { return timings }
                begin = secured
            }
        }
        begin = max(begin, ready)
        timings.firstByte = span(begin, last == .firstByte ? total : firstByte)
        guard last != .firstByte else { return timings }
        timings.transfer = span(max(begin, firstByte), total)
        return timings
    }

    private func span(_ begin: Int64, _ end: Int64) -> Duration {
        .microseconds(max(0, end - begin))
    }
}

extension PhaseTimings {
    /// Adds each phase of a later part of the same probe, such as the request after a redirect.
    mutating func add(_ later: PhaseTimings) {
        dns = Self.sum(dns, later.dns)
        connect = Self.sum(connect, later.connect)
        tls = Self.sum(tls, later.tls)
        firstByte = Self.sum(firstByte, later.firstByte)
        transfer = Self.sum(transfer, later.transfer)
    }

    private static func sum(_ first: Duration?, _ second: Duration?) -> Duration? {
        guard let first else { return second }
        return first + (second ?? .zero)
    }
}
