// SPDX-License-Identifier: Apache-2.0

package import HealthModel

// draft-inadarei-api-health-check-06, "Health Check Response Format for HTTP APIs". One departure, and only where a
// listener's configuration asks for it: a degraded answer ("warn") may carry 429 or 503.

extension StatusView {
    /// The answer of `/health`: the aggregate and one check for each target.
    package func healthDocument() -> Answer {
        let aggregate = snapshot.aggregate
        let code = statusCode
        let output = showsDetail ? aggregate.why : coded(aggregate.status.rawValue, reasonCodes)
        return Answer(
            code: code.code,
            contentType: .healthJSON,
            fields: code.fields,
            document: .members([
                "status": .string(aggregate.status.healthWord),
                "serviceId": showsDetail ? .string(snapshot.agent.name) : nil,
                "releaseId": showsDetail ? .string(snapshot.agent.version) : nil,
                "notes": showsDetail ? aggregate.change.map { .array([.string($0)]) } : nil,
                "output": aggregate.status == .healthy ? nil : .string(output),
                "checks": showsDetail ? checks(of: snapshot.targets, groups: snapshot.groups) : nil,
            ])
        )
    }

    /// The answer of `/health/targets/<target>`; nil when there is no such target.
    package func healthDocument(of name: TargetName) -> Answer? {
        guard let target = snapshot.target(name) else { return nil }
        let isDraining = snapshot.aggregate.status == .draining
        let status = isDraining ? AggregateStatus.draining : target.status.asAggregate
        let why = isDraining ? snapshot.aggregate.why : target.why
        let codes = isDraining ? [] : [reasonCode(of: target)].compactMap(\.self)
        let word = isDraining ? status.rawValue : target.status.rawValue
        let code = statusCode(of: target)
        return Answer(
            code: code.code,
            contentType: .healthJSON,
            fields: code.fields,
            document: .members([
                "status": .string(status.healthWord),
                "serviceId": showsDetail ? .string(snapshot.agent.name) : nil,
                "releaseId": showsDetail ? .string(snapshot.agent.version) : nil,
                "output": status == .healthy ? nil : .string(showsDetail ? why : coded(word, codes)),
                "checks": showsDetail ? checks(of: [target]) : nil,
            ])
        )
    }

    /// The answer of `/health/groups/<group>`: the group and its members; nil when there is no such group.
    package func healthDocument(ofGroup name: GroupName) -> Answer? {
        guard let group = snapshot.group(name) else { return nil }
        let isDraining = snapshot.aggregate.status == .draining
        let status = isDraining ? AggregateStatus.draining : group.status.asAggregate
        let why = isDraining ? snapshot.aggregate.why : group.why
        let codes = isDraining ? [] : reasonCodes(of: group)
        let word = isDraining ? status.rawValue : group.status.rawValue
        let code = statusCode(of: group)
        let members = group.members.compactMap(snapshot.target)
        return Answer(
            code: code.code,
            contentType: .healthJSON,
            fields: code.fields,
            document: .members([
                "status": .string(status.healthWord),
                "serviceId": showsDetail ? .string(snapshot.agent.name) : nil,
                "releaseId": showsDetail ? .string(snapshot.agent.version) : nil,
                "notes": showsDetail && !isDraining ? group.change.map { .array([.string($0)]) } : nil,
                "output": status == .healthy ? nil : .string(showsDetail ? why : coded(word, codes)),
                "checks": showsDetail ? checks(of: members, groups: [group]) : nil,
            ])
        )
    }

    private func checks(of targets: [TargetHealth], groups: [GroupHealth] = []) -> JSONValue {
        .object(
            groups.map { group in
                JSONValue.Member(name: "\(group.name):passingMembers", value: .array([check(of: group)]))
            }
                + targets.map { target in
                    JSONValue.Member(name: "\(target.name):responseTime", value: .array([check(of: target)]))
                }
        )
    }

    private func check(of group: GroupHealth) -> JSONValue {
        let status = group.status.asAggregate
        return .members([
            "componentId": .string(group.name.text),
            "componentType": .string("component"),
            "observedValue": .integer(Int64(group.passing)),
            "observedUnit": .string("members"),
            "status": .string(status.healthWord),
            "output": status == .healthy ? nil : .string(group.why),
        ])
    }

    private func check(of target: TargetHealth) -> JSONValue {
        let status = target.status.asAggregate
        let isURL = target.kind == "http"
        return .members([
            "componentId": .string(target.name.text),
            "componentType": .string(target.kind == "script" ? "system" : "component"),
            "observedValue": target.lastOutcome.map { .milliseconds($0.duration) },
            "observedUnit": target.lastOutcome.map { _ in .string("ms") },
            "status": .string(status.healthWord),
            "affectedEndpoints": status == .healthy || !isURL ? nil : .array([.string(target.subject)]),
            "time": target.lastOutcomeAt.map { .string($0.rfc3339) },
            "output": status == .healthy ? nil : .string(target.why),
        ])
    }
}

extension AggregateStatus {
    /// The draft's word for the status.
    fileprivate var healthWord: String {
        switch self {
        case .healthy: "pass"
        case .degraded: "warn"
        case .unhealthy, .starting, .draining: "fail"
        }
    }
}
