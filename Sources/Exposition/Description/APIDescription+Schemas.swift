// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension APIDescription {
    /// The documents, each under the name that operations refer to.
    static var schemas: JSONValue {
        .members([
            "Error": error,
            "Problem": problem,
            "Diagnostic": diagnostic,
            "Aggregate": aggregate,
            "Health": health,
            "Target": target,
            "Targets": Schema.object(["targets": Schema.array(Schema.reference("Target"))]),
            "Outcome": Schema.object(outcomeMembers),
            "ProbedOutcome": probed,
            "Breaker": breaker,
            "Breakers": breakers,
            "Hold": hold,
            "History": history,
            "RolledHistory": rolledHistory,
            "HistoryAnswer": .members([
                "oneOf": .array([Schema.reference("History"), Schema.reference("RolledHistory")])
            ]),
            "Maintenance": Schema.object(maintenanceMembers, optional: ["matches"]),
            "MaintenanceList": Schema.object(["maintenance": Schema.array(Schema.reference("Maintenance"))]),
            "ReloadReport": reloadReport,
            "Event": event,
            "BreakerReason": Schema.request(["reason": reason]),
            "BreakerOrder": Schema.request(["for": Schema.nullable(Schema.duration), "reason": reason]),
            "MaintenanceOrder": maintenanceOrder,
            "Empty": Schema.request([:]),
        ])
    }

    private static var reason: JSONValue {
        Schema.nullable(
            .members([
                "type": .string("string"), "maxLength": .integer(Int64(Order.longestReason)),
                "pattern": .string(Schema.line), "description": .string("why, in one line"),
            ])
        )
    }

    private static var error: JSONValue {
        Schema.object(
            [
                "success": .members(["const": .bool(false)]),
                "error": Schema.words(ErrorAnswer.Kind.allCases.map(\.word)),
                "message": Schema.string,
                "code": Schema.integer,
                "timestamp": Schema.time,
                "request_id": Schema.string,
                "service": Schema.string,
                "retryable": Schema.boolean,
                "path": Schema.string,
                "diagnostics": Schema.array(Schema.reference("Diagnostic")),
            ],
            optional: ["path", "diagnostics"]
        )
    }

    private static var problem: JSONValue {
        Schema.object(
            [
                "type": Schema.string, "title": Schema.string, "status": Schema.integer, "detail": Schema.string,
                "request_id": Schema.string, "path": Schema.string,
                "diagnostics": Schema.array(Schema.reference("Diagnostic")),
            ],
            optional: ["path", "diagnostics"]
        )
    }

    private static var diagnostic: JSONValue {
        Schema.object([
            "severity": Schema.words(["error", "warning"]), "file": Schema.string,
            "line": Schema.nullable(Schema.integer), "column": Schema.nullable(Schema.integer),
            "key": Schema.string, "message": Schema.string,
        ])
    }

    private static var aggregate: JSONValue {
        Schema.object(
            [
                "status": Schema.words(AggregateStatus.self), "since": Schema.time, "why": Schema.string,
                "causes": Schema.array(Schema.name), "change": Schema.nullable(Schema.string),
                "reasons": Schema.array(Schema.string),
            ],
            optional: ["why", "causes", "change", "reasons"]
        )
    }

    private static var health: JSONValue {
        Schema.object(
            [
                "sequence": Schema.integer, "taken_at": Schema.time, "aggregate": Schema.reference("Aggregate"),
                "agent": Schema.anyObject, "maintenance": Schema.array(Schema.reference("Maintenance")),
                "targets": Schema.array(Schema.reference("Target")),
            ],
            optional: ["agent", "maintenance", "targets"]
        )
    }

    private static var target: JSONValue {
        Schema.object([
            "name": Schema.name, "kind": Schema.string, "subject": Schema.string, "impact": Schema.words(Impact.self),
            "description": Schema.nullable(Schema.string), "tags": Schema.strings,
            "status": Schema.words(TargetStatus.self), "since": Schema.time, "why": Schema.string,
            "restored": Schema.boolean,
            "breaker": Schema.object(breakerMembers),
            "last_outcome": Schema.nullable(Schema.reference("Outcome")),
            "next_due_in_s": Schema.nullable(Schema.number), "next_due": Schema.nullable(Schema.time),
            "attributed_to": Schema.array(Schema.name),
            "maintenance": Schema.nullable(maintenanceOfTarget), "definition": Schema.nullable(Schema.anyObject),
        ])
    }

    private static var outcomeMembers: KeyValuePairs<String, JSONValue> {
        [
            "verdict": Schema.words(Verdict.self), "reason": Schema.nullable(Schema.words(FailureReason.self)),
            "layer": Schema.string, "message": Schema.string, "at": Schema.nullable(Schema.time),
            "duration_s": Schema.number, "phases": Schema.anyObject, "address": Schema.nullable(Schema.string),
            "observed": Schema.anyObject, "evidence": Schema.nullable(Schema.anyObject),
        ]
    }

    private static var probed: JSONValue {
        .members([
            "allOf": .array([
                Schema.reference("Outcome"),
                Schema.object(["target": Schema.name, "kind": Schema.string, "counted": Schema.boolean]),
            ])
        ])
    }

    private static var hold: JSONValue {
        Schema.object([
            "state": Schema.words(BreakerHold.Kind.self), "until": Schema.nullable(Schema.time),
            "reason": Schema.nullable(Schema.string), "by": Schema.nullable(Schema.string),
        ])
    }

    private static var breakerMembers: KeyValuePairs<String, JSONValue> {
        [
            "state": Schema.words(BreakerHealth.State.self), "since": Schema.time, "why": Schema.string,
            "half_opens_in_s": Schema.nullable(Schema.number), "consecutive_failures": Schema.integer,
            "succeeded": Schema.integer, "failed": Schema.integer, "rejected": Schema.integer,
            "forced": Schema.nullable(Schema.reference("Hold")),
        ]
    }

    private static var breaker: JSONValue {
        let step = Schema.object([
            "from": Schema.words(BreakerHealth.State.self), "to": Schema.words(BreakerHealth.State.self),
            "count": Schema.integer,
        ])
        return .members([
            "allOf": .array([
                Schema.object(breakerMembers),
                Schema.object([
                    "name": Schema.name, "target_status": Schema.words(TargetStatus.self),
                    "transitions": Schema.array(step),
                ]),
            ])
        ])
    }

    private static var breakers: JSONValue {
        Schema.object([
            "sequence": Schema.integer, "taken_at": Schema.time,
            "breakers": Schema.array(Schema.reference("Breaker")),
        ])
    }

    private static var history: JSONValue {
        let outcome = Schema.object([
            "type": Schema.words(["outcome"]), "at": Schema.time, "verdict": Schema.words(Verdict.self),
            "reason": Schema.nullable(Schema.words(FailureReason.self)), "message": Schema.nullable(Schema.string),
            "duration_s": Schema.number, "counted": Schema.boolean,
        ])
        let change = Schema.object([
            "type": Schema.words(["breaker", "status"]), "at": Schema.time, "from": Schema.string, "to": Schema.string,
            "reason": Schema.string,
        ])
        return Schema.object([
            "target": Schema.name, "entries": Schema.array(.members(["oneOf": .array([outcome, change])])),
            "dropped": Schema.integer,
        ])
    }

    private static var rolledHistory: JSONValue {
        let span = Schema.object([
            "start": Schema.time, "runs": Schema.integer, "healthy": Schema.integer, "degraded": Schema.integer,
            "unhealthy": Schema.integer, "unknown": Schema.integer, "reasons": Schema.anyObject,
            "shortest_s": Schema.number, "average_s": Schema.number, "longest_s": Schema.number,
            "buckets": Schema.array(Schema.integer),
        ])
        return Schema.object([
            "target": Schema.name, "resolution": Schema.words(HistoryStep.self),
            "bounds_s": Schema.array(Schema.number), "spans": Schema.array(span),
        ])
    }

    private static var maintenanceOfTarget: JSONValue {
        Schema.object(["until": Schema.nullable(Schema.time), "reason": Schema.string])
    }

    private static var maintenanceMembers: KeyValuePairs<String, JSONValue> {
        [
            "id": Schema.integer, "targets": Schema.array(Schema.name), "groups": Schema.array(Schema.string),
            "tags": Schema.strings, "since": Schema.time, "until": Schema.time,
            "reason": Schema.nullable(Schema.string), "by": Schema.string, "matches": Schema.array(Schema.name),
        ]
    }

    private static var maintenanceOrder: JSONValue {
        Schema.request(
            [
                "targets": Schema.nullable(Schema.array(Schema.name)),
                "groups": Schema.nullable(Schema.array(Schema.string)),
                "tags": Schema.nullable(Schema.strings), "for": Schema.duration, "reason": reason,
            ],
            required: ["for"]
        )
    }

    private static var reloadReport: JSONValue {
        Schema.object([
            "added": Schema.array(Schema.name), "changed": Schema.array(Schema.name),
            "removed": Schema.array(Schema.name), "unchanged": Schema.integer, "needs_restart": Schema.boolean,
            "warnings": Schema.array(Schema.reference("Diagnostic")),
        ])
    }

    private static var event: JSONValue {
        Schema.object([
            "endpoint": Schema.string, "old_state": Schema.string, "new_state": Schema.string,
            "timestamp": Schema.time, "reason": Schema.string, "sequence": Schema.integer,
        ])
    }
}
