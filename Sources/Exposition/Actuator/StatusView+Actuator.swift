// SPDX-License-Identifier: Apache-2.0

import HealthModel

// Spring Boot Actuator, "Health Information": `status` with one of UP, DOWN, OUT_OF_SERVICE and UNKNOWN, and for a whole
// application `components`, each with a status and `details`. Spring maps DOWN and OUT_OF_SERVICE to 503 and has no word
// between UP and DOWN, so a degraded answer is UP and says what it is in the component `agent/status`, which no target can
// be called.

extension StatusView {
    /// The status as Spring Boot's health endpoint writes it.
    func actuatorDocument(_ status: SubjectStatus) -> Answer {
        let document: JSONValue
        if status.isSingleTarget {
            // Draining is not the target's own doing, so its details would contradict the status.
            let target = status.status == .draining ? nil : status.targets.first
            let details = target.map(details) ?? summary(of: status)
            document = .members(["status": .string(status.status.actuatorWord), "details": details])
        } else {
            let own = JSONValue.Member(
                name: "agent/status",
                value: .members(["status": .string(status.status.actuatorWord), "details": summary(of: status)])
            )
            let groups = status.groups.map { group in
                JSONValue.Member(
                    name: group.name.text,
                    value: .members(["status": .string(group.status.actuatorWord), "details": details(of: group)])
                )
            }
            let components = status.targets.map { target in
                JSONValue.Member(
                    name: target.name.text,
                    value: .members(["status": .string(Self.actuatorWord(of: target)), "details": details(of: target)])
                )
            }
            document = .members([
                "status": .string(status.status.actuatorWord), "components": .object([own] + groups + components),
            ])
        }
        return answer(status, .actuatorJSON, body: document.serialized())
    }

    private func summary(of status: SubjectStatus) -> JSONValue {
        .members([
            "level": .string(status.word),
            "reasons": .array(status.codes.map(JSONValue.string)),
            "why": showsDetail ? .string(status.explanation) : nil,
        ])
    }

    private func details(of target: TargetHealth) -> JSONValue {
        .members([
            "level": .string(target.status.rawValue),
            "reason": reasonCode(of: target).map(JSONValue.string),
            "why": .string(target.why),
            "impact": .string(target.impact.rawValue),
            "since": .string(target.since.rfc3339),
            "maintenance": target.maintenance.map { .string($0.reason) },
        ])
    }

    private func details(of group: GroupHealth) -> JSONValue {
        .members([
            "level": .string(group.status.rawValue),
            "why": .string(group.why),
            "impact": .string(group.impact.rawValue),
            "since": .string(group.since.rfc3339),
        ])
    }

    /// A target in maintenance is out of service by intention, and says so; it counts for nothing.
    private static func actuatorWord(of target: TargetHealth) -> String {
        target.maintenance == nil ? target.status.actuatorWord : "OUT_OF_SERVICE"
    }
}

extension AggregateStatus {
    /// Spring's word for the status of a whole application: one that starts or drains is up, but out of service.
    fileprivate var actuatorWord: String {
        switch self {
        case .healthy, .degraded: "UP"
        case .unhealthy: "DOWN"
        case .starting, .draining: "OUT_OF_SERVICE"
        }
    }
}

extension TargetStatus {
    /// Spring's word for the status of one component.
    fileprivate var actuatorWord: String {
        switch self {
        case .healthy, .degraded: "UP"
        case .unhealthy, .stale: "DOWN"
        case .starting: "UNKNOWN"
        }
    }
}
