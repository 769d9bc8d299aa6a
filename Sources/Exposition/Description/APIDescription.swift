// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The API's description of itself: OpenAPI 3.1, served at `/api/v1/openapi.json`.
///
/// Closed lists of words come from the types that the documents are made of, so that they cannot drift apart; what else is
/// said here is held against the running server by a test.
package enum APIDescription {
    /// The description, for the agent's `version`.
    package static func answer(version: String) -> Answer {
        Answer(code: 200, contentType: .json, document: document(version: version))
    }

    static func document(version: String) -> JSONValue {
        .members([
            "openapi": .string("3.1.0"),
            "info": .members([
                "title": .string("Bellwether"),
                "version": .string(version),
                "description": .string(
                    "Health of the targets of one agent. Calls that change something are taken on admin listeners only."
                ),
                "license": .members(["name": .string("Apache-2.0"), "identifier": .string("Apache-2.0")]),
            ]),
            "servers": .array([.members(["url": .string("/")])]),
            "paths": .object(paths),
            "components": .members(["schemas": schemas]),
        ])
    }

    /// The operations of each path, in the order of the list.
    private static var paths: [JSONValue.Member] {
        var paths: [JSONValue.Member] = []
        for operation in operations {
            let member = JSONValue.Member(name: operation.method, value: operation.jsonValue)
            if let last = paths.last, last.name == operation.path, case .object(let members) = last.value {
                paths[paths.count - 1] = JSONValue.Member(name: last.name, value: .object(members + [member]))
            } else {
                paths.append(JSONValue.Member(name: operation.path, value: .object([member])))
            }
        }
        return paths
    }

    private static let operations: [APIOperation] = [
        APIOperation(
            "get",
            "/api/v1/health",
            "getHealth",
            "Everything there is to know, with the aggregate's explanation",
            "Health"
        ),
        APIOperation("get", "/api/v1/targets", "listTargets", "Every target, sorted by name", "Targets"),
        APIOperation("get", "/api/v1/targets/{target}", "getTarget", "One target", "Target"),
        APIOperation(
            "get",
            "/api/v1/targets/{target}/history",
            "getHistory",
            "What became of a target lately, oldest first; by minute or hour what is stored of it",
            "HistoryAnswer",
            query: [("since", Schema.time), ("limit", limit), ("resolution", Schema.words(HistoryStep.self))]
        ),
        APIOperation(
            "post",
            "/api/v1/targets/{target}/probe",
            "probeTarget",
            "Probe a target now, and answer with the outcome",
            "ProbedOutcome",
            body: "Empty"
        ),
        APIOperation(
            "get",
            "/api/v1/circuit-breaker/metrics",
            "listBreakers",
            "Every breaker's state and counters",
            "Breakers"
        ),
        APIOperation(
            "post",
            "/api/v1/breakers/{target}/open",
            "openBreaker",
            "Keep a breaker open",
            "Breaker",
            body: "BreakerOrder"
        ),
        APIOperation(
            "post",
            "/api/v1/breakers/{target}/close",
            "closeBreaker",
            "Close a breaker now, or keep it closed for a time",
            "Breaker",
            body: "BreakerOrder"
        ),
        APIOperation(
            "post",
            "/api/v1/breakers/{target}/reset",
            "resetBreaker",
            "Close a breaker and forget every outcome",
            "Breaker",
            body: "BreakerReason"
        ),
        APIOperation(
            "post",
            "/api/v1/breakers/{target}/disable",
            "disableBreaker",
            "Let each verdict decide",
            "Breaker",
            body: "BreakerOrder"
        ),
        APIOperation(
            "post",
            "/api/v1/breakers/{target}/enable",
            "enableBreaker",
            "End whatever a breaker is held in",
            "Breaker",
            body: "BreakerReason"
        ),
        APIOperation(
            "get",
            "/api/v1/maintenance",
            "listMaintenance",
            "The maintenance windows that are open",
            "MaintenanceList"
        ),
        APIOperation(
            "post",
            "/api/v1/maintenance",
            "beginMaintenance",
            "Show some targets, and let them count for nothing",
            "Maintenance",
            body: "MaintenanceOrder"
        ),
        APIOperation(
            "delete",
            "/api/v1/maintenance/{id}",
            "endMaintenance",
            "End a maintenance window before its time",
            "Maintenance"
        ),
        APIOperation(
            "post",
            "/api/v1/reload",
            "reload",
            "Read the configuration again, and answer with what changed",
            "ReloadReport",
            body: "Empty"
        ),
        APIOperation(
            "get",
            "/api/v1/events",
            "followEvents",
            "Changes as server-sent events; with a WebSocket upgrade the same as text frames",
            "Event",
            query: [("since", Schema.integer), ("follow", Schema.boolean)],
            contentType: "text/event-stream"
        ),
        APIOperation("get", "/api/v1/openapi.json", "describe", "This description", nil),
    ]

    private static let limit: JSONValue = .members([
        "type": .string("integer"), "minimum": .integer(1), "maximum": .integer(1_000), "default": .integer(100),
    ])
}
