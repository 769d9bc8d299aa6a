// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Checks what groups, probes and the aggregate's policy say together.
struct GroupCheck {
    let fields: AggregateFields
    let probes: [ReadProbe]
    let sink: DiagnosticSink

    /// Reports everything that is wrong, or looks wrong.
    ///
    /// Numbers of members are judged only where every probe and group could be read.
    func report() {
        guard fields.isComplete else { return }
        reportUnknownGroups()
        reportSharedNames()
        guard !sink.hasErrors else { return }
        for group in fields.settings.groups { reportMembers(of: group) }
        guard !sink.hasErrors else { return }
        reportAggregate()
    }

    private func reportUnknownGroups() {
        let known = fields.settings.groups.map(\.name.text)
        for reference in probes.flatMap(\.groups) where !known.contains(reference.name.text) {
            let hint =
                if known.isEmpty {
                    "define it under groups in bellwether.yaml"
                } else if let near = Suggestion.nearest(
                    to: reference.name.text,
                    in: known
                ) { "did you mean \"\(near)\"?" } else { "there are \(known.prefix(10).joined(separator: ", "))" }
            reference.field.error(
                "no group is called \"\(reference.name)\" (\(hint))",
                DiagnosticDetail(.unknownReference)
            )
        }
    }

    /// Clients ask for groups and targets by name alone.
    private func reportSharedNames() {
        let targets = Dictionary(probes.map { ($0.spec.name.text, $0.field) }, uniquingKeysWith: { first, _ in first })
        for (name, field) in fields.groups {
            guard let target = targets[name.text] else { continue }
            field.sink.error(
                "a probe is called so, too, at \(VisibleText.make(target.keyLocation.description)) "
                    + "(both are asked for by name)",
                keyPath: field.keyPath,
                at: field.keyLocation,
                related: target.keyLocation,
                DiagnosticDetail(.duplicate)
            )
        }
    }

    private func reportMembers(of group: GroupSpec) {
        guard let field = fields.groups[group.name] else { return }
        let members = probes.filter { $0.spec.groups.contains(group.name) }
        let required = members.filter { $0.spec.impact == .required }.count
        if members.isEmpty {
            field.warning("no probe names this group, so it counts for nothing", DiagnosticDetail(.noEffect))
        } else if members.allSatisfy({ $0.spec.impact == .informational }) {
            field.warning("every member is informational, so it counts for nothing", DiagnosticDetail(.noEffect))
        } else if case .count(let count) = group.policy, count > required {
            (fields.groupPolicies[group.name] ?? field).error(
                "at_least \(count) is never reached: the group has \(Self.count(required, "required member"))"
            )
        }
    }

    private func reportAggregate() {
        let groups = fields.settings.groups.filter { group in
            group.impact == .required && probes.contains { $0.spec.groups.contains(group.name) }
        }
        let single = probes.filter { $0.spec.impact == .required && $0.spec.groups.isEmpty }.count
        let total = groups.count + single
        if case .count(let count) = fields.settings.policy, count > total, !probes.isEmpty {
            fields.policy?.error(
                "at_least \(count) is never reached: "
                    + (groups.isEmpty
                        ? "there \(total == 1 ? "is" : "are") \(Self.count(total, "required target"))"
                        : "\(total) required targets and groups are there"),
                DiagnosticDetail(.neverHolds)
            )
        }
        let required = probes.filter { $0.spec.impact == .required }.count
        if fields.settings.failOpen > 0, required == 1 {
            fields.failOpen?.warning(
                "with 1 required target any failure is all of them at once, so none counts",
                DiagnosticDetail(.neverHolds)
            )
        }
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
