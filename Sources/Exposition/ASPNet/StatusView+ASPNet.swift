// SPDX-License-Identifier: Apache-2.0

import HealthModel

// ASP.NET Core, "Health checks": the default response writer gives the status's name as text; the writer of
// AspNetCore.HealthChecks.UI gives `{status, totalDuration, entries}` with members in alphabetical order, durations as .NET
// writes a TimeSpan, and no member for what is null.

extension StatusView {
    /// The status's name, as ASP.NET's default response writer gives it.
    func aspnetWord(_ status: SubjectStatus) -> Answer {
        answer(status, .text, body: Array(status.status.aspnetWord.utf8))
    }

    /// The status as the health checks UI reads it.
    ///
    /// Every target is shown by its own status; the overall one follows the agent's policy, so it may be better than the
    /// worst entry. The entry `agent/status`, which no target can be called, says what ASP.NET has no word for.
    func aspnetReport(_ status: SubjectStatus) -> Answer {
        let total = status.targets.compactMap { $0.lastOutcome?.duration }.max() ?? .zero
        let entries = status.targets.map { target in
            JSONValue.Member(name: target.name.text, value: entry(of: target))
        }
        let own = JSONValue.Member(name: "agent/status", value: entry(of: status))
        let document: JSONValue = .members([
            "status": .string(status.status.aspnetWord),
            "totalDuration": .string(total.timeSpan),
            "entries": .object([own] + status.groups.map(entry) + entries),
        ])
        return answer(status, .json, body: document.serialized())
    }

    private func entry(of status: SubjectStatus) -> JSONValue {
        .members([
            "data": .members([
                "status": .string(status.word), "reasons": .array(status.codes.map(JSONValue.string)),
            ]),
            "description": .string(status.explanation),
            "duration": .string(Duration.zero.timeSpan),
            "status": .string(status.status.aspnetWord),
            "tags": .array([.string("agent")]),
        ])
    }

    private func entry(of target: TargetHealth) -> JSONValue {
        let tags = target.tags.sorted { $0.key < $1.key }.map { JSONValue.string("\($0.key):\($0.value)") }
        let maintenance = target.maintenance == nil ? [] : [JSONValue.string("maintenance")]
        return .members([
            "data": .members([
                "status": .string(target.status.rawValue), "reason": reasonCode(of: target).map(JSONValue.string),
            ]),
            "description": .string(target.why),
            "duration": .string((target.lastOutcome?.duration ?? .zero).timeSpan),
            "status": .string(target.status.asAggregate.aspnetWord),
            "tags": .array([.string(target.impact.rawValue)] + maintenance + tags),
        ])
    }

    private func entry(of group: GroupHealth) -> JSONValue.Member {
        let value: JSONValue = .members([
            "data": .members(["status": .string(group.status.rawValue)]),
            "description": .string(group.why),
            "duration": .string(Duration.zero.timeSpan),
            "status": .string(group.status.asAggregate.aspnetWord),
            "tags": .array([.string("group"), .string(group.impact.rawValue)]),
        ])
        return JSONValue.Member(name: group.name.text, value: value)
    }
}

extension AggregateStatus {
    /// The name in ASP.NET's `HealthStatus`.
    fileprivate var aspnetWord: String {
        switch self {
        case .healthy: "Healthy"
        case .degraded: "Degraded"
        case .unhealthy, .starting, .draining: "Unhealthy"
        }
    }
}

extension Duration {
    /// The duration as .NET's TimeSpan writes itself (format `c`): `00:00:00.0123000`, in units of 100 ns, without a
    /// fraction when it has none.
    fileprivate var timeSpan: String {
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let ticks = max(0, inNanoseconds) / 100
        let seconds = ticks / 10_000_000
        let days = seconds / 86_400
        let time = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
        let fraction = ticks % 10_000_000
        return (days > 0 ? "\(days)." : "") + time.joined(separator: ":")
            + (fraction > 0 ? "." + padded(fraction, 7) : "")
    }
}
