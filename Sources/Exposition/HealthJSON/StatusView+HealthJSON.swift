// SPDX-License-Identifier: Apache-2.0

import HealthModel

// draft-inadarei-api-health-check-06, "Health Check Response Format for HTTP APIs". One departure, and only where a
// listener's configuration asks for it: a degraded answer ("warn") may carry 429 or 503.

extension StatusView {
    /// The status as the draft writes it, with one check for each problem of the agent, each group and each target.
    func healthDocument(_ status: SubjectStatus) -> Answer {
        let document: JSONValue = .members([
            "status": .string(status.status.healthWord),
            "serviceId": showsDetail ? .string(snapshot.agent.name) : nil,
            "releaseId": showsDetail ? .string(snapshot.agent.version) : nil,
            "notes": status.change.map { .array([.string($0)]) },
            "output": status.status == .healthy ? nil : .string(status.explanation),
            "checks": showsDetail ? checks(of: status) : nil,
        ])
        return answer(status, .healthJSON, body: document.serialized())
    }

    private func checks(of status: SubjectStatus) -> JSONValue {
        let groups = status.groups.map { group in
            JSONValue.Member(name: "\(group.name):passingMembers", value: .array([check(of: group)]))
        }
        let targets = status.targets.map { target in
            JSONValue.Member(name: "\(target.name):responseTime", value: .array([check(of: target)]))
        }
        return .object((status.isSingleTarget ? [] : agentChecks) + groups + targets)
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
