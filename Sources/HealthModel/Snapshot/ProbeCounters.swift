// SPDX-License-Identifier: Apache-2.0

/// What a target's probes added up to since the target was added.
///
/// To count a probe that passes takes no hashing, because it happens after each, and no memory but a copy of what a snapshot
/// holds too.
package struct ProbeCounters: Hashable, Sendable {
    private var healthy: UInt64 = 0
    private var degraded: UInt64 = 0
    private var unhealthy: UInt64 = 0
    private var unknown: UInt64 = 0
    /// Probes that did not pass, by reason.
    package private(set) var reasons: [FailureReason: UInt64] = [:]
    /// Duration of the whole probe.
    package private(set) var duration = Histogram()
    /// Durations of the phases that probes have reached, in their order; most kinds have few.
    private var phases: [PhaseDuration] = []

    private struct PhaseDuration: Hashable, Sendable {
        let phase: Phase
        var histogram = Histogram()
    }

    package init() {}

    /// Counts one outcome.
    package mutating func count(_ outcome: Outcome) {
        switch outcome.verdict {
        case .healthy: healthy += 1
        case .degraded: degraded += 1
        case .unhealthy: unhealthy += 1
        case .unknown: unknown += 1
        }
        if let reason = outcome.reason { reasons[reason, default: 0] += 1 }
        duration.observe(outcome.duration)
        count(outcome.phases)
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
        phases.first { $0.phase == phase }?.histogram
    }

    private mutating func count(_ timings: PhaseTimings) {
        var place = 0
        count(timings.nanoseconds(of: .dns), of: .dns, at: &place)
        count(timings.nanoseconds(of: .connect), of: .connect, at: &place)
        count(timings.nanoseconds(of: .tls), of: .tls, at: &place)
        count(timings.nanoseconds(of: .firstByte), of: .firstByte, at: &place)
        count(timings.nanoseconds(of: .transfer), of: .transfer, at: &place)
    }

    /// Counts one phase, whose place is `place` where it was reached before, and moves on.
    private mutating func count(_ nanoseconds: Int64?, of phase: Phase, at place: inout Int) {
        let isKnown = place < phases.count && phases[place].phase == phase
        if let nanoseconds {
            if !isKnown { insert(phase, at: place) }
            phases[place].histogram.observe(nanoseconds: nanoseconds)
        }
        if isKnown || nanoseconds != nil { place += 1 }
    }

    /// Makes room for a phase, and none for others that may never come.
    private mutating func insert(_ phase: Phase, at place: Int) {
        var all: [PhaseDuration] = []
        all.reserveCapacity(phases.count + 1)
        all += phases[..<place]
        all.append(PhaseDuration(phase: phase))
        all += phases[place...]
        phases = all
    }
}
