// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Why a target has its status, and why its breaker has its state: one plain sentence each.
///
/// The texts hold no countdown, so they stay the same until the next outcome or transition; instants stand in fields of their
/// own.
struct TargetExplanation {
    private let record: TargetRecord

    init(_ record: TargetRecord) {
        self.record = record
    }

    /// Why the target has its status.
    var status: String {
        record.isRestored ? "\(reason); restored after a restart, not yet confirmed by a probe" : reason
    }

    private var reason: String {
        switch record.status {
        case .starting: starting
        case .healthy: standing(passing: noting("the last verdict passed"), held: "healthy")
        case .degraded: degraded
        case .unhealthy: unhealthy
        case .stale: stale
        }
    }

    /// Why the breaker is in its state, and what it waits for.
    var breaker: String {
        if let hold = record.hold { return hold.sentence }
        switch record.breakerState {
        case .closed:
            if let failures { return failures + rule }
            return record.calmText ?? Self.calmText(of: record.definition)
        case .open:
            return (record.openReason ?? "open")
                + (record.halfOpensAt == nil ? "" : "; half-opens when its wait has passed")
        case .halfOpen:
            let progress = "\(record.halfOpenSuccesses) of \(record.spec.breaker.successThreshold)"
            return "\(record.breakerReason ?? "half-open"); \(progress) successes that close it"
        }
    }

    /// What is said of a closed breaker without failures.
    static func calmText(of definition: ProbeDefinition) -> String {
        "no failure since the last success" + rule(of: definition)
    }

    private var rule: String { Self.rule(of: record.definition) }

    private static func rule(of definition: ProbeDefinition) -> String {
        let threshold = definition.spec.breaker.failureThreshold
        return threshold > 0 ? "; \(threshold) open it" : ""
    }

    private var starting: String {
        if let failures { return "no passing verdict yet; \(failures)" }
        return noting("no verdict yet")
    }

    private var degraded: String {
        if record.breakerState == .halfOpen {
            let needed = record.spec.breaker.successThreshold
            return noting("recovering: \(record.halfOpenSuccesses) of \(needed) successes that close the breaker")
        }
        let warning = record.lastWarning.map { "the last verdict passed with a warning: \($0)" }
        return standing(passing: noting(warning ?? "the last verdict passed with a warning"), held: "degraded")
    }

    private var unhealthy: String {
        switch record.breakerState {
        case .open where record.hold != nil: return "the breaker is \(record.hold?.sentence ?? "forced open")"
        case .open:
            let reason = record.openReason ?? "the breaker is open"
            switch record.spec.breaker.whileOpen {
            case .pause: return "\(reason); probed again when the breaker half-opens"
            case .observe: return "\(reason); probed for data only until the breaker half-opens"
            }
        case .halfOpen:
            return "\(record.openReason ?? "the breaker was open"); half-open and waiting for a success"
        case .closed:
            guard let failures else { return "waiting for a passing verdict" }
            if record.hold?.kind == .disabled { return "\(failures); the breaker is disabled, so each verdict decides" }
            return record.spec.breaker.canOpen
                ? failures : "\(failures); the breaker has no rule, so each verdict decides"
        }
    }

    private var stale: String {
        if let failures { return "the last passing verdict is too old; \(failures)" }
        guard let time = record.lastVerdictAt else { return noting("the last verdict is too old") }
        return noting("no verdict since \(time.rfc3339), longer than allowed")
    }

    private func standing(passing: String, held: String) -> String {
        guard let failures else { return passing }
        return "\(failures); \(held) until the breaker opens"
    }

    /// The run of failures up to now, nil when there is none.
    private var failures: String? {
        let count = record.consecutiveFailures
        guard count > 0 else { return nil }
        let text = "\(count) consecutive \(count == 1 ? "failure" : "failures")"
        return record.lastFailure.map { "\(text): \($0)" } ?? text
    }

    /// The text, and that the last probe taught nothing, where that is so.
    private func noting(_ text: String) -> String {
        guard record.hasLearntNothing, let outcome = record.lastOutcome else { return text }
        return "\(text); the last probe said nothing about the target: \(outcome.message)"
    }
}
