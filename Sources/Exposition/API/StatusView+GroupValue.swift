// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// One group as the API shows it; members without a value are null, so that every group has the same ones.
    func value(of group: GroupHealth) -> JSONValue {
        .members([
            "name": .string(group.name.text),
            "policy": value(of: group.policy),
            "impact": .string(group.impact.rawValue),
            "status": .string(group.status.rawValue),
            "since": .string(group.since.rfc3339),
            "why": .string(group.why),
            "counts": .bool(group.counts),
            "needed": .integer(Int64(group.needed)),
            "passing": .integer(Int64(group.passing)),
            "counted": .integer(Int64(group.counted)),
            "causes": .array(group.causes.map { .string($0.text) }),
            "attributed": .array(group.attributed.map { .string($0.text) }),
            "change": .text(group.change),
            "members": .array(group.members.map { .string($0.text) }),
        ])
    }

    /// A policy as the configuration writes it: `"any"`, `{"quorum": 0.6}`, `{"at_least": 2}`.
    private func value(of policy: PassingPolicy) -> JSONValue {
        switch policy {
        case .all: .string("all")
        case .any: .string("any")
        case .share(let share): .members(["quorum": .number(share)])
        case .count(let count): .members(["at_least": .integer(Int64(count))])
        }
    }
}
