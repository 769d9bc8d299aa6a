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
    package var failure: Failure?
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
        self.verdict = verdict
        self.layer = layer
        self.failure = failure
        self.startedAt = startedAt
        self.duration = duration
        self.phases = phases
        self.address = address
        self.observed = observed
    }

    /// When the probe ended.
    package var endedAt: MonotonicInstant { startedAt.advanced(by: duration) }

    /// One line for people: the failure's, or what passed (`200 in 12ms`, `connected in 1ms`).
    package var message: String {
        if let failure { return failure.summary }
        if let facts = observed.facts { return facts.message(after: duration) }
        if let servingStatus = observed.servingStatus { return "\(servingStatus) in \(duration.readable)" }
        if let status = observed.httpStatus { return "\(status) in \(duration.readable)" }
        if let line = observed.output?.split(whereSeparator: \.isNewline).first { return String(line) }
        return layer == .l4OK ? "connected in \(duration.readable)" : "passed in \(duration.readable)"
    }
}

/// What a probe saw besides its verdict; each field only where its kind has it.
package struct Observed: Hashable, Sendable {
    /// The final answer's status code.
    package var httpStatus: Int?
    /// `1.0`, `1.1` or `2`.
    package var httpVersion: String?
    /// What was seen of the TLS handshake.
    package var tls: TLSFacts?
    /// The code of a WebSocket server's Close frame: 1005 when it gave none, 1006 when the connection ended without a frame.
    package var closeCode: Int?
    /// The status that a gRPC call ended with, 0 = OK.
    package var grpcStatus: Int?
    /// What a gRPC server says about the service: `SERVING`, `NOT_SERVING`, `UNKNOWN`, `SERVICE_UNKNOWN`, or a number.
    package var servingStatus: String?
    /// Where a gRPC target's status comes from when it is to be watched.
    package var watch: WatchSource?
    /// A script's exit code.
    package var exitCode: Int?
    /// The signal that ended a script.
    package var signal: Int?
    /// A script's output: valid UTF-8, printable, cut at its limit.
    package var output: String?
    /// A script's performance data, in order.
    package var performanceData: [PerformanceDatum]
    /// What only the probe's kind sees.
    package var facts: KindFacts?
    /// Which attempt of its probe this is the outcome of, counted from 1; nil where there is only ever one.
    package var attempts: Int?

    package init(
        httpStatus: Int? = nil,
        httpVersion: String? = nil,
        tls: TLSFacts? = nil,
        closeCode: Int? = nil,
        grpcStatus: Int? = nil,
        servingStatus: String? = nil,
        watch: WatchSource? = nil,
        exitCode: Int? = nil,
        signal: Int? = nil,
        output: String? = nil,
        performanceData: [PerformanceDatum] = [],
        facts: KindFacts? = nil,
        attempts: Int? = nil
    ) {
        self.httpStatus = httpStatus
        self.httpVersion = httpVersion
        self.tls = tls
        self.closeCode = closeCode
        self.grpcStatus = grpcStatus
        self.servingStatus = servingStatus
        self.watch = watch
        self.exitCode = exitCode
        self.signal = signal
        self.output = output
        self.performanceData = performanceData
        self.facts = facts
        self.attempts = attempts
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
