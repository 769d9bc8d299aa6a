// SPDX-License-Identifier: Apache-2.0

package import HealthModel

extension StatusView {
    /// The answer to a command.
    ///
    /// - Throws: the error of a command that was refused.
    package func answer(to result: AdminResult) throws(ErrorAnswer) -> Answer {
        switch result {
        case .history(let history): return json(history.jsonValue)
        case .rolledHistory(let history): return json(history.jsonValue)
        case .probed(let probed): return json(probed.jsonValue)
        case .breaker(let target): return json(.object(breakerMembers(of: target)))
        case .maintenance(let window, let targets):
            let members = JSONValue.list(["matches": .array(targets.map { .string($0.text) })])
            return json(.object(window.jsonMembers + members))
        case .maintenanceEnded(let window): return json(window.jsonValue)
        case .reloaded(let report): return json(report.jsonValue)
        case .refused(let refusal): throw ErrorAnswer(refusal)
        }
    }

    /// The answer of `GET /api/v1/circuit-breaker/metrics`: every breaker, sorted by name; nil on a listener without detail.
    package func breakersDocument() -> Answer? {
        guard showsDetail else { return nil }
        let breakers = snapshot.targets.map { JSONValue.object(breakerMembers(of: $0)) }
        return json(
            .members([
                "sequence": .unsigned(snapshot.sequence),
                "taken_at": .string(snapshot.takenAtWallTime.rfc3339),
                "breakers": .array(breakers),
            ])
        )
    }

    /// The answer of `GET /api/v1/maintenance`; nil on a listener without detail.
    package func maintenanceDocument() -> Answer? {
        guard showsDetail else { return nil }
        return json(.members(["maintenance": .array(snapshot.maintenance.map(\.jsonValue))]))
    }

    private func breakerMembers(of target: TargetHealth) -> [JSONValue.Member] {
        let breaker = target.breaker
        guard case .object(let members) = value(of: breaker) else { return [] }
        let transitions = breaker.transitions.sorted {
            ($0.key.from.rawValue, $0.key.to.rawValue) < ($1.key.from.rawValue, $1.key.to.rawValue)
        }
        let head = JSONValue.list(["name": .string(target.name.text), "target_status": .string(target.status.rawValue)])
        let tail = JSONValue.list([
            "transitions": .array(
                transitions.map { step, count in
                    .members([
                        "from": .string(step.from.rawValue), "to": .string(step.to.rawValue), "count": .unsigned(count),
                    ])
                }
            )
        ])
        return head + members + tail
    }

    private func json(_ document: JSONValue) -> Answer {
        Answer(code: 200, contentType: .json, document: document)
    }
}

extension TargetHistory {
    fileprivate var jsonValue: JSONValue {
        .members([
            "target": .string(target.text),
            "entries": .array(entries.map(\.jsonValue)),
            "dropped": .unsigned(dropped),
        ])
    }
}

extension ProbedTarget {
    fileprivate var jsonValue: JSONValue {
        let head = JSONValue.list(["target": .string(target.text), "kind": .string(kind)])
        return .object(head + outcome.jsonMembers(at: at) + JSONValue.list(["counted": .bool(counted)]))
    }
}

extension ReloadReport {
    fileprivate var jsonValue: JSONValue {
        func names(_ names: [TargetName]) -> JSONValue { .array(names.map { .string($0.text) }) }
        return .members([
            "added": names(added),
            "changed": names(changed),
            "removed": names(removed),
            "unchanged": .integer(Int64(unchanged)),
            "needs_restart": .bool(needsRestart),
            "warnings": .array(warnings.map(\.jsonValue)),
        ])
    }
}

extension ErrorAnswer {
    /// What a refused command is answered with.
    package init(_ refusal: AdminRefusal) {
        switch refusal {
        case .unknownTarget(let name): self.init(.notFound, "no such target: \(quoted(name.text))")
        case .unknownMaintenance(let id): self.init(.notFound, "no such maintenance window: \(id)")
        case .busy(let message, let seconds):
            let wait = HTTPField(name: "Retry-After", value: String(seconds))
            self.init(.tooManyRequests, message, fields: [wait])
        case .unavailable(let message): self.init(.unavailable, message)
        case .invalid(let path, let message): self.init(.unprocessable, "\(path): \(message)", path: path)
        case .configuration(let diagnostics):
            let count = diagnostics.count { $0.severity == "error" }
            let errors = count == 1 ? "1 error" : "\(count) errors"
            let message = "the new configuration has \(errors); the old one stays in force"
            self.init(.unprocessable, message, diagnostics: diagnostics)
        }
    }
}
