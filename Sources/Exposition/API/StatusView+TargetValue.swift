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
            "groups": .array(target.groups.map { .string($0.text) }),
            "depends_on": .array(target.dependencies.map { .string($0.text) }),
            "description": .text(target.description),
            "tags": .object(
                target.tags.sorted { $0.key < $1.key }.map { JSONValue.Member(name: $0.key, value: .string($0.value)) }
            ),
            "status": .string(target.status.rawValue),
            "since": .string(target.since.rfc3339),
            "why": .string(target.why),
            "attributed_to": .array(target.attributedTo.map { .string($0.text) }),
            "maintenance": target.maintenance.map(value) ?? .null,
            "breaker": value(of: target.breaker),
            "last_outcome": target.lastOutcome.map { .object($0.jsonMembers(at: target.lastOutcomeAt)) } ?? .null,
            "next_due_in_s": wait(until: target.nextDue),
            "next_due": instant(target.nextDue),
            "definition": target.definition?.spec.jsonValue ?? .null,
        ])
    }

    private func value(of maintenance: Maintenance) -> JSONValue {
        .members([
            "until": .text(maintenance.until?.rfc3339),
            "reason": .string(maintenance.reason),
        ])
    }

    func value(of breaker: BreakerHealth) -> JSONValue {
        .members([
            "state": .string(breaker.state.rawValue),
            "since": .string(breaker.since.rfc3339),
            "why": .string(breaker.why),
            "half_opens_in_s": wait(until: breaker.halfOpensAt),
            "consecutive_failures": .integer(Int64(breaker.consecutiveFailures)),
            "succeeded": .unsigned(breaker.succeeded),
            "failed": .unsigned(breaker.failed),
            "rejected": .unsigned(breaker.rejected),
            "forced": breaker.hold?.jsonValue ?? .null,
        ])
    }

    /// Seconds until `instant`, zero when it has passed, null when there is none.
    func wait(until instant: MonotonicInstant?) -> JSONValue {
        instant.map { .seconds(max(.zero, now.duration(to: $0))) } ?? .null
    }

    /// An instant near the snapshot's as a time, null when there is none.
    private func instant(_ instant: MonotonicInstant?) -> JSONValue {
        .text(instant.map { snapshot.wallTime(of: $0).rfc3339 })
    }
}
