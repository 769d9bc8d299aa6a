// SPDX-License-Identifier: Apache-2.0

/// Targets to groups to aggregate, all at once: linear in the number of targets.
///
/// The assessment counts along instead, and comes to the same; this is for a snapshot that has grown old on its way.
package struct HealthJudgement: Sendable {
    /// One for each group, in the order of the settings.
    package let groups: [GroupTally]
    /// The aggregate's counts.
    package let tally: AggregateTally
    private let settings: AggregateSettings

    /// Judges `targets`; a group that the settings do not know is as none.
    package init(_ targets: some Sequence<TargetState>, settings: AggregateSettings) {
        let places = Dictionary(settings.groups.map(\.name).enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        var groups = Array(repeating: GroupTally(), count: settings.groups.count)
        var tally = AggregateTally()
        for target in targets {
            tally.targets += 1
            let members = Set(target.groups.compactMap { places[$0] })
            for place in members {
                if target.isInMaintenance {
                    groups[place].suspended.add(target.impact, target.status)
                } else {
                    groups[place].counted.add(target.impact, target.status)
                }
            }
            guard !target.isInMaintenance else { continue }
            if members.isEmpty { tally.units.add(target.impact, target.status) }
            let isNeeded = members.isEmpty || members.contains { settings.groups[$0].impact == .required }
            guard target.impact == .required, isNeeded else { continue }
            tally.required += 1
            if target.isKnownDown { tally.requiredDown += 1 }
        }
        for (spec, group) in zip(settings.groups, groups) where group.counts {
            tally.units.add(spec.impact, group.status(policy: spec.policy))
        }
        self.groups = groups
        self.tally = tally
        self.settings = settings
    }

    /// The rule that decides the aggregate.
    package func rule(isDraining: Bool) -> AggregateRule {
        tally.rule(settings, isDraining: isDraining)
    }
}
