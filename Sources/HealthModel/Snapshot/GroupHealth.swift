// SPDX-License-Identifier: Apache-2.0

/// One group as every publisher shows it.
package struct GroupHealth: Hashable, Sendable {
    package var name: GroupName
    /// How many of its required members must pass.
    package var policy: PassingPolicy
    /// What its status means for the aggregate.
    package var impact: Impact
    /// Sorted by name.
    package var members: [TargetName]
    /// As ``GroupRule`` has it.
    package var status: TargetStatus
    /// Since when the status holds.
    package var since: WallTime
    /// One sentence: how many are needed, how many pass, who is in the way.
    package var why: String
    /// The targets that decided, dependencies in place of those behind them; sorted, empty when healthy.
    package var causes: [TargetName]
    /// The members that are down behind a failed dependency, sorted.
    package var attributed: [TargetName]
    /// What would change it, one sentence; nil when nothing is expected to.
    package var change: String?
    /// Required members outside maintenance, how many of them pass, and how many must.
    package var counted: Int
    package var passing: Int
    package var needed: Int
    /// Whether it counts for the aggregate; false without members, and while all that count are in maintenance.
    package var counts: Bool

    /// Explains a group.
    ///
    /// - Parameters:
    ///   - spec: the group.
    ///   - tally: its members, counted.
    ///   - members: its members, in any order.
    ///   - since: since when its status holds.
    package init(_ spec: GroupSpec, tally: GroupTally, members: [TargetState], since: WallTime) {
        let explanation = GroupExplanation(spec, tally: tally, members: members)
        name = spec.name
        policy = spec.policy
        impact = spec.impact
        self.members = members.map(\.name).sorted()
        status = tally.status(policy: spec.policy)
        self.since = since
        why = explanation.why
        causes = explanation.causes
        attributed = explanation.attributed
        change = explanation.change
        counted = tally.counted.total(.required)
        passing = tally.counted.passing(.required)
        needed = spec.policy.needed(of: counted)
        counts = tally.counts
    }

    /// The group's definition.
    package var spec: GroupSpec { GroupSpec(name: name, policy: policy, impact: impact) }
}
