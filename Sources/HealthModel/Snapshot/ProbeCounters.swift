// SPDX-License-Identifier: Apache-2.0

/// What a target's probes added up to since the target was added.
///
/// To count a probe that passes takes no hashing and no memory, because it happens after each.
package struct ProbeCounters: Hashable, Sendable {
    private var healthy: UInt64 = 0
    private var degraded: UInt64 = 0
    private var unhealthy: UInt64 = 0
    private var unknown: UInt64 = 0
    /// Probes that did not pass, by reason.
    package private(set) var reasons: [FailureReason: UInt64] = [:]
    /// Duration of the whole probe.
    package private(set) var duration = Histogram()
    private var dns = Histogram()
    private var connect = Histogram()
    private var tls = Histogram()
    private var firstByte = Histogram()
    private var transfer = Histogram()

    package init() {}

    /// Counts one outcome.
    package mutating func count(_ outcome: Outcome) {
        switch outcome.verdict {
        case .healthy: healthy += 1
        case .degraded: degraded += 1
        case .unhealthy: unhealthy += 1
        case .unknown: unknown += 1
        }
        if let failure = outcome.failure { reasons[failure.reason, default: 0] += 1 }
        duration.observe(outcome.duration)
        if let length = outcome.phases.dns { dns.observe(length) }
        if let length = outcome.phases.connect { connect.observe(length) }
        if let length = outcome.phases.tls { tls.observe(length) }
        if let length = outcome.phases.firstByte { firstByte.observe(length) }
        if let length = outcome.phases.transfer { transfer.observe(length) }
    }

    /// Probes with this verdict.
    package subscript(verdict: Verdict) -> UInt64 {
        switch verdict {
        case .healthy: healthy
        case .degraded: degraded
        case .unhealthy: unhealthy
        case .unknown: unknown
        }
    }

    /// Probes of every verdict.
    package var probes: UInt64 { healthy + degraded + unhealthy + unknown }

    /// Duration of one phase; nil when no probe has reached it.
    package subscript(phase: Phase) -> Histogram? {
        let histogram =
            switch phase {
            case .dns: dns
            case .connect: connect
            case .tls: tls
            case .firstByte: firstByte
            case .transfer: transfer
            }
        return histogram.count > 0 ? histogram : nil
    }
}
