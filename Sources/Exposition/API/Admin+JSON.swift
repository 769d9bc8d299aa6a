// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension BreakerHold {
    /// What an operator holds a breaker in, as every document shows it.
    var jsonValue: JSONValue {
        .members([
            "state": .string(kind.rawValue), "until": .text(until?.rfc3339), "reason": .text(reason), "by": .text(by),
        ])
    }
}

extension MaintenanceOrder {
    /// A window, as every document shows it.
    var jsonValue: JSONValue { .object(jsonMembers) }

    var jsonMembers: [JSONValue.Member] {
        JSONValue.list([
            "id": .unsigned(id),
            "targets": .array(selection.targets.map { .string($0.text) }),
            "groups": .array(selection.groups.map { .string($0.text) }),
            "tags": .strings(selection.tags),
            "since": .string(since.rfc3339),
            "until": .string(until.rfc3339),
            "reason": .text(reason),
            "by": .string(by),
        ])
    }
}

extension ReportedDiagnostic {
    /// A diagnostic, with the members of `bellwether check --format json`.
    var jsonValue: JSONValue {
        .members([
            "severity": .string(severity),
            "file": .string(file),
            "line": line.map { .integer(Int64($0)) } ?? .null,
            "column": column.map { .integer(Int64($0)) } ?? .null,
            "key": .string(key),
            "message": .string(message),
        ])
    }
}

extension HistoryEntry {
    /// An entry; which members it has follows from its type.
    var jsonValue: JSONValue {
        let time = JSONValue.string(at.rfc3339)
        switch event {
        case .outcome(let milliseconds, let verdict, let reason, let counted):
            return .members([
                "type": .string("outcome"),
                "at": time,
                "verdict": .string(verdict.rawValue),
                "reason": .text(reason?.rawValue),
                "message": text.isEmpty ? .null : .string(text),
                "duration_s": .number((Double(milliseconds) * 1_000).rounded() / 1_000_000),
                "counted": .bool(counted),
            ])
        case .breaker(let from, let to):
            return Self.change("breaker", time, from.rawValue, to.rawValue, text)
        case .status(let from, let to):
            return Self.change("status", time, from.rawValue, to.rawValue, text)
        }
    }

    private static func change(
        _ type: String,
        _ time: JSONValue,
        _ from: String,
        _ to: String,
        _ text: String
    ) -> JSONValue {
        .members([
            "type": .string(type), "at": time, "from": .string(from), "to": .string(to), "reason": .string(text),
        ])
    }
}

extension JSONValue {
    /// An object of texts, sorted by name.
    static func strings(_ table: [String: String]) -> JSONValue {
        .object(table.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: .string($0.value)) })
    }
}
