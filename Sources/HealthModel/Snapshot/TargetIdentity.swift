// SPDX-License-Identifier: Apache-2.0

/// What is shown of a target and stays the same from probe to probe; by reference, so that every snapshot shares it.
package final class TargetIdentity: Hashable, Sendable {
    package let name: TargetName
    /// The probe's kind: `http`, `tcp`, `script`.
    package let kind: String
    /// What is probed, for people; free of secrets.
    package let subject: String
    package let impact: Impact
    package let description: String?
    package let tags: [String: String]
    /// The groups it counts towards, sorted; in none, it counts by itself.
    package let groups: [GroupName]
    /// What it depends on, sorted.
    package let dependencies: [TargetName]

    package init(
        name: TargetName,
        kind: String,
        subject: String,
        impact: Impact,
        description: String? = nil,
        tags: [String: String] = [:],
        groups: [GroupName] = [],
        dependencies: [TargetName] = []
    ) {
        self.name = name
        self.kind = kind
        self.subject = subject
        self.impact = impact
        self.description = description
        self.tags = tags
        self.groups = groups
        self.dependencies = dependencies
    }

    /// A target as it is defined, of whose groups these are known.
    package convenience init(_ definition: ProbeDefinition, groups: [GroupName]) {
        let spec = definition.spec
        self.init(
            name: spec.name,
            kind: spec.probe.kind,
            subject: definition.subject,
            impact: spec.impact,
            description: spec.description,
            tags: spec.tags,
            groups: groups,
            dependencies: spec.dependencies
        )
    }

    package static func == (left: TargetIdentity, right: TargetIdentity) -> Bool {
        left === right
            || left.name == right.name && left.kind == right.kind && left.subject == right.subject
                && left.impact == right.impact && left.description == right.description && left.tags == right.tags
                && left.groups == right.groups && left.dependencies == right.dependencies
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(kind)
        hasher.combine(subject)
        hasher.combine(impact)
        hasher.combine(groups)
        hasher.combine(dependencies)
    }
}
