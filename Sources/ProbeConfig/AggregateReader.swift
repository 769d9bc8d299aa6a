// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// What bellwether.yaml says about groups and aggregate, with where it says it.
struct AggregateFields {
    var settings = AggregateSettings()
    /// Where each group is defined.
    var groups: [GroupName: Field] = [:]
    /// Where the policy of each group is written.
    var groupPolicies: [GroupName: Field] = [:]
    /// Where the aggregate's policy is written.
    var policy: Field?
    /// Where the fail-open floor is written.
    var failOpen: Field?
    /// Whether groups could be missing because something could not be read.
    var isComplete = true
}

/// Reads `aggregate` and `groups` of bellwether.yaml.
enum AggregateReader {
    /// The most groups.
    static let mostGroups = 1_000

    /// What is said; what could not be read keeps its built-in value, after a complaint.
    static func read(_ main: MappingReader) -> AggregateFields {
        var fields = AggregateFields()
        if let field = main.field("aggregate"), let mapping = MappingReader(field, keys: ContractKeys.aggregate) {
            fields.policy = mapping.field("policy")
            fields.failOpen = mapping.field("fail_open")
            mapping.read("policy", into: &fields.settings.policy) {
                PolicyReader.read($0, words: PolicyReader.aggregateWords)
            }
            mapping.read("fail_open", into: &fields.settings.failOpen) { $0.rate() }
        }
        if let field = main.field("groups") { groups(field, into: &fields) }
        return fields
    }

    private static func groups(_ field: Field, into fields: inout AggregateFields) {
        guard let entries = field.entries() else {
            fields.isComplete = false
            return
        }
        guard entries.count <= mostGroups else {
            field.error("\(entries.count) groups (at most \(mostGroups))", DiagnosticDetail(.tooMany))
            fields.isComplete = false
            return
        }
        var groups: [GroupSpec] = []
        for entry in entries {
            let group = field.child(entry)
            guard let name = GroupName(entry.key) else {
                field.sink.error(
                    "\(VisibleText.quoted(entry.key)) is not the name of a group "
                        + "(1 to \(TargetName.maximumLength) of a-z 0-9 . _ -)",
                    keyPath: field.keyPath,
                    at: group.keyLocation,
                    DiagnosticDetail(.invalidName)
                )
                fields.isComplete = false
                continue
            }
            fields.groups[name] = group
            var spec = GroupSpec(name: name)
            if let mapping = MappingReader(group, keys: ContractKeys.group) {
                fields.groupPolicies[name] = mapping.field("policy")
                mapping.read("policy", into: &spec.policy) { PolicyReader.read($0, words: PolicyReader.groupWords) }
                mapping.read("impact", into: &spec.impact) { $0.choice() }
            }
            groups.append(spec)
        }
        fields.settings = AggregateSettings(
            policy: fields.settings.policy,
            failOpen: fields.settings.failOpen,
            groups: groups
        )
    }
}
