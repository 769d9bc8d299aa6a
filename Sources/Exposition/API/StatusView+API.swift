// SPDX-License-Identifier: Apache-2.0

package import HealthModel

extension StatusView {
    /// The answer of `GET /api/v1/health`: the aggregate with its explanation, the agent, and every target.
    ///
    /// Always 200: it is a document about the status, not the status. Without detail only the aggregate's words are in it.
    package func statusDocument() -> Answer {
        Answer(
            code: 200,
            contentType: .json,
            document: .members([
                "sequence": .unsigned(snapshot.sequence),
                "taken_at": .string(snapshot.takenAtWallTime.rfc3339),
                "aggregate": aggregateValue,
                "agent": showsDetail ? agentValue : nil,
                "groups": showsDetail ? .array(snapshot.groups.map(value)) : nil,
                "maintenance": showsDetail ? .array(snapshot.maintenance.map(\.jsonValue)) : nil,
                "targets": showsDetail ? .array(snapshot.targets.map(value)) : nil,
            ])
        )
    }

    /// The answer of `GET /api/v1/targets`: every target, sorted by name; nil on a listener without detail.
    package func targetsDocument() -> Answer? {
        guard showsDetail else { return nil }
        let targets = JSONValue.array(snapshot.targets.map(value))
        return Answer(code: 200, contentType: .json, document: .members(["targets": targets]))
    }

    /// The answer of `GET /api/v1/targets/<target>`; nil when there is no such target, or on a listener without detail.
    package func targetDocument(of name: TargetName) -> Answer? {
        guard showsDetail, let target = snapshot.target(name) else { return nil }
        return Answer(code: 200, contentType: .json, document: value(of: target))
    }

    private var aggregateValue: JSONValue {
        let aggregate = snapshot.aggregate
        guard showsDetail else {
            return .members([
                "status": .string(aggregate.status.rawValue),
                "since": .string(aggregate.since.rfc3339),
                "fail_open": .bool(aggregate.isFailOpen),
                "reasons": .array(reasonCodes.map(JSONValue.string)),
            ])
        }
        return .members([
            "status": .string(aggregate.status.rawValue),
            "since": .string(aggregate.since.rfc3339),
            "why": .string(aggregate.why),
            "fail_open": .bool(aggregate.isFailOpen),
            "causes": .array(aggregate.causes.map { .string($0.text) }),
            "groups": .array(aggregate.groups.map { .string($0.text) }),
            "attributed": .array(aggregate.attributed.map { .string($0.text) }),
            "change": .text(aggregate.change),
        ])
    }

    private var agentValue: JSONValue {
        let agent = snapshot.agent
        return .members([
            "name": .string(agent.name),
            "version": .string(agent.version),
            "started_at": .string(agent.startedAt.rfc3339),
            "probes_in_flight": .integer(Int64(agent.probesInFlight)),
            "internal_failures": .unsigned(agent.internalFailures),
            "troubles": .array(agent.troubles.map(JSONValue.string)),
            "configuration": agent.configuration?.jsonValue ?? .null,
        ])
    }
}
