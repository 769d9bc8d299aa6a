// SPDX-License-Identifier: Apache-2.0

/// The result of one probe.
///
/// A failed probe is a value of this type, never a thrown error.
package struct Outcome: Hashable, Sendable {
    /// What the probe says about its target.
    package var verdict: Verdict
    /// How far it came.
    package var layer: Layer
    /// Why it did not pass; nil exactly when the verdict is healthy.
    package var failure: Failure? {
        get { kept.wrappedValue }
        set { kept.wrappedValue = newValue }
    }
    private var kept: Apart<Failure>
    /// When the probe started.
    package var startedAt: MonotonicInstant
    /// How long the whole probe took, every phase included.
    package var duration: Duration
    /// How long each phase took.
    package var phases: PhaseTimings
    /// The address that was contacted, `10.0.0.5:443` or `[::1]:443`.
    package var address: String?
    /// What was seen besides the verdict.
    package var observed: Observed

    /// Why it did not pass, in one word.
    package var reason: FailureReason? { kept.part { $0.reason } }

    /// When the probe ended.
    package var endedAt: MonotonicInstant { startedAt.advanced(by: duration) }

    /// One line for people: the failure's, or what passed (`200 in 12ms`, `connected in 1ms`).
    package var message: String {
        if let failure { return failure.summary }
        if let facts = observed.facts { return facts.message(after: duration) }
        if let servingStatus = observed.servingStatus { return "\(servingStatus) in \(duration.readable)" }
        if let status = observed.httpStatus { return "\(status) in \(duration.readable)" }
        if let line = observed.output?.split(whereSeparator: \.isNewline).first { return String(line) }
        if layer == .l6OK, let leaf = observed.tls?.leaf {
            let end = WallTime.rfc3339(secondsSinceEpoch: leaf.notAfter)
            return "\(observed.tls?.version ?? "TLS") in \(duration.readable), certificate until \(end)"
        }
        return layer == .l4OK ? "connected in \(duration.readable)" : "passed in \(duration.readable)"
    }
}

extension Outcome {
    /// Made of all its parts at once, because an initializer that sets one after the other copies the whole at its end.
    package init(
        verdict: Verdict,
        layer: Layer,
        failure: Failure? = nil,
        startedAt: MonotonicInstant,
        duration: Duration,
        phases: PhaseTimings = PhaseTimings(),
        address: String? = nil,
        observed: Observed = Observed()
    ) {
        self.init(
            verdict: verdict,
            layer: layer,
            kept: Apart(wrappedValue: failure),
            startedAt: startedAt,
            duration: duration,
            phases: phases,
            address: address,
            observed: observed
        )
    }
}

/// Where the status of a target that is to be watched comes from.
package enum WatchSource: String, CaseIterable, Hashable, Sendable {
    /// From a stream that was opened for this probe.
    case opened
    /// From a stream that was open already: what the server said last on it.
    case live
    /// From a `Check`, because the server has no `Watch`.
    case unimplemented
}

/// One `'label'=value[unit];warn;crit;min;max` of a Nagios plugin (Monitoring Plugins Development Guidelines, section 2.6).
package struct PerformanceDatum: Hashable, Sendable {
    package var label: String
    /// nil when the plugin wrote `U`: it could not be determined.
    package var value: Double?
    /// `s`, `%`, `B`, `c`, … or empty.
    package var unit: String

    package init(label: String, value: Double?, unit: String) {
        self.label = label
        self.value = value
        self.unit = unit
    }
}
