// SPDX-License-Identifier: Apache-2.0

import HealthModel

// Consul, "HTTP checks": any 2xx is passing, 429 is warning, all else is critical; up to 4 KB of the body are kept as the
// check's output, and an output that changes is written to the catalogue of the whole cluster. So the code for degraded is
// 429 whatever the listener says, the text is short, and nothing in it changes while the status does not: no durations, no
// times.

extension StatusView {
    /// The code of a degraded answer: the only one that Consul reads as a warning.
    private static let warningCode = 429
    /// Most bytes of the text, within what Consul keeps.
    private static let mostBytes = 3_900

    /// The status as a Consul HTTP check reads it: its word with the reason, then a line for each target that is not healthy.
    func consulLines(_ status: SubjectStatus) -> Answer {
        var bytes = (status.status.consulWord + consulReason(status)).utf8(atMost: Self.mostBytes / 2)
        bytes.append(UInt8(ascii: "\n"))
        var left = status.isSingleTarget ? [] : status.targets.filter { $0.status != .healthy }[...]
        while let target = left.first {
            let line = "\(target.name): \(consulOutput(of: target))\n"
            guard bytes.count + line.utf8.count <= Self.mostBytes else {
                bytes += "and \(left.count) more\n".utf8
                break
            }
            bytes += line.utf8
            left.removeFirst()
        }
        return answer(status, .text, degradedCode: Self.warningCode, body: bytes)
    }

    /// The status as Consul's own `/v1/agent/health/service` writes one.
    func consulReport(_ status: SubjectStatus) -> Answer {
        let groups = status.groups.map { group in
            JSONValue.members([
                "CheckID": .string(group.name.text),
                "Name": .string(group.name.text),
                "Status": .string(group.status.asAggregate.consulWord),
                "Output": .string(singleLine(group.why)),
                "Type": .string("group"),
            ])
        }
        let checks = status.targets.map { target in
            JSONValue.members([
                "CheckID": .string(target.name.text),
                "Name": .string(target.description ?? target.name.text),
                "Status": .string(target.maintenance == nil ? target.status.asAggregate.consulWord : "maintenance"),
                "Output": .string(consulOutput(of: target)),
                "Type": .string(target.kind),
            ])
        }
        let document: JSONValue = .members([
            "AggregatedStatus": .string(status.status.consulWord),
            "Output": .string(status.status == .healthy ? "" : singleLine(status.explanation)),
            "Checks": .array(groups + checks),
        ])
        return answer(status, .json, degradedCode: Self.warningCode, body: document.serialized())
    }

    private func consulOutput(of target: TargetHealth) -> String {
        let output = coded(target.status.rawValue, [reasonCode(of: target)].compactMap(\.self))
        return target.maintenance == nil ? output : output + " (in maintenance)"
    }

    private func consulReason(_ status: SubjectStatus) -> String {
        status.status == .healthy ? "" : ": " + singleLine(status.explanation)
    }
}

extension AggregateStatus {
    /// Consul's word for the status.
    fileprivate var consulWord: String {
        switch self {
        case .healthy: "passing"
        case .degraded: "warning"
        case .unhealthy, .starting, .draining: "critical"
        }
    }
}
