// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// One target as the API shows it; members without a value are null, so that every target has the same ones.
    func value(of target: TargetHealth) -> JSONValue {
        .members([
            "name": .string(target.name.text),
            "kind": .string(target.kind),
            "subject": .string(target.subject),
            "impact": .string(target.impact.rawValue),
            "description": .text(target.description),
            "tags": .object(
                target.tags.sorted { $0.key < $1.key }.map { JSONValue.Member(name: $0.key, value: .string($0.value)) }
            ),
            "status": .string(target.status.rawValue),
            "since": .string(target.since.rfc3339),
            "why": .string(target.why),
            "breaker": value(of: target.breaker),
            "last_outcome": target.lastOutcome.map { value(of: $0, at: target.lastOutcomeAt) } ?? .null,
            "next_due_in_s": wait(until: target.nextDue),
        ])
    }

    private func value(of breaker: BreakerHealth) -> JSONValue {
        .members([
            "state": .string(breaker.state.rawValue),
            "since": .string(breaker.since.rfc3339),
            "why": .string(breaker.why),
            "half_opens_in_s": wait(until: breaker.halfOpensAt),
            "consecutive_failures": .integer(Int64(breaker.consecutiveFailures)),
            "succeeded": .unsigned(breaker.succeeded),
            "failed": .unsigned(breaker.failed),
            "rejected": .unsigned(breaker.rejected),
        ])
    }

    private func value(of outcome: Outcome, at time: WallTime?) -> JSONValue {
        .members([
            "verdict": .string(outcome.verdict.rawValue),
            "reason": .text(outcome.failure?.reason.rawValue),
            "layer": .string(outcome.layer.rawValue),
            "message": .string(outcome.message),
            "at": .text(time?.rfc3339),
            "duration_s": .seconds(outcome.duration),
            "phases": .object(
                Phase.allCases.compactMap { phase in
                    outcome.phases[phase].map { JSONValue.Member(name: "\(phase.rawValue)_s", value: .seconds($0)) }
                }
            ),
            "address": .text(outcome.address),
            "observed": value(of: outcome.observed),
            "evidence": outcome.failure.map { value(of: $0.evidence) } ?? .null,
        ])
    }

    private func value(of observed: Observed) -> JSONValue {
        .members([
            "status": observed.httpStatus.map { .integer(Int64($0)) },
            "http_version": observed.httpVersion.map(JSONValue.string),
            "exit_code": observed.exitCode.map { .integer(Int64($0)) },
            "signal": observed.signal.map { .integer(Int64($0)) },
            "output": observed.output.map(JSONValue.string),
            "perfdata": observed.performanceData.isEmpty ? nil : .array(observed.performanceData.map(value)),
        ])
    }

    private func value(of datum: PerformanceDatum) -> JSONValue {
        .members([
            "label": .string(datum.label),
            "value": datum.value.map(JSONValue.number) ?? .null,
            "unit": .string(datum.unit),
        ])
    }

    private func value(of evidence: Evidence) -> JSONValue {
        .members([
            "phase": evidence.phase.map { .string($0.rawValue) },
            "errno": evidence.systemError.map { .integer(Int64($0.code)) },
            "system_error": evidence.systemError.map { .string($0.text) },
            "curl_code": evidence.curlCode.map { .integer(Int64($0)) },
            "excerpt": evidence.excerpt.map(JSONValue.string),
        ])
    }

    /// Seconds until `instant`, zero when it has passed, null when there is none.
    private func wait(until instant: MonotonicInstant?) -> JSONValue {
        instant.map { .seconds(max(.zero, now.duration(to: $0))) } ?? .null
    }
}
