// SPDX-License-Identifier: Apache-2.0

/// What a target's probes added up to since the target was added.
package struct ProbeCounters: Hashable, Sendable {
    /// Probes by verdict.
    package private(set) var verdicts: [Verdict: UInt64]
    /// Probes that did not pass, by reason.
    package private(set) var reasons: [FailureReason: UInt64]
    /// Duration of the whole probe.
    package private(set) var duration: Histogram
    /// Duration of each phase that was reached.
    package private(set) var phases: [Phase: Histogram]

    package init() {
        verdicts = [:]
        reasons = [:]
        duration = Histogram()
        phases = [:]
    }

    /// Counts one outcome.
    package mutating func count(_ outcome: Outcome) {
        verdicts[outcome.verdict, default: 0] += 1
        if let failure = outcome.failure { reasons[failure.reason, default: 0] += 1 }
        duration.observe(outcome.duration)
        for phase in Phase.allCases {
            guard let length = outcome.phases[phase] else { continue }
            phases[phase, default: Histogram()].observe(length)
        }
    }
}
