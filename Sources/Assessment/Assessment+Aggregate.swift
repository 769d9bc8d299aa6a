// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Groups and aggregate: how they follow from the counts, and how they are shown.
extension Assessment {
    /// The rule as it follows from the counts now.
    var newRule: AggregateRule { ledger.tally.rule(ledger.settings, isDraining: isDraining) }

    /// The rule that decides.
    var rule: AggregateRule { aggregateRule ?? newRule }

    /// Why, drawn up once for all who ask until something changes.
    var explanation: AggregateExplanation {
        mutating get {
            if let lastExplanation { return lastExplanation }
            let (records, settings) = (records, ledger.settings)
            let explanation = AggregateExplanation(
                rule,
                settings: settings,
                tally: ledger.tally,
                // No rule asks for the healthy ones, which are most.
                targets: records.all.lazy.filter { $0.status != .healthy }.map { records.state(of: $0, settings) },
                groups: groups
            )
            lastExplanation = explanation
            return explanation
        }
    }

    /// A definition with the groups that are known of it, as it is shown.
    func identity(of record: TargetRecord) -> TargetIdentity {
        if let identity = record.identity { return identity }
        let groups = record.entry.map { $0.groups.map { ledger.settings.groups[$0].name } } ?? []
        let identity = TargetIdentity(record.definition, groups: groups)
        record.identity = identity
        return identity
    }

    /// A group as publishers show it.
    func shown(group place: Int) -> GroupHealth {
        let group = ledger.groups[place]
        let members = group.members.compactMap { record($0).map { records.state(of: $0, ledger.settings) } }
        return GroupHealth(ledger.settings.groups[place], tally: group.tally, members: members, since: group.since)
    }

    /// Tells that a group is held to be something else.
    mutating func tell(_ place: Int, was oldStatus: TargetStatus, at moment: Moment) {
        let group = shown(group: place)
        let change = GroupChange(
            group: group.name,
            oldStatus: oldStatus,
            newStatus: group.status,
            reason: group.why
        )
        changes.append(.group(change), at: moment)
    }

    /// Lets groups and aggregate follow the counts, and tells what has changed.
    mutating func refreshAggregate(at moment: Moment) {
        guard let oldStatus = aggregateRule?.status else { return }
        // Not touched in vain: a change of the ledger is one of the explanation, which is long when many targets are down.
        if !isSettled, ledger.isUnsettled {
            for (place, oldStatus) in ledger.settle(at: moment) { tell(place, was: oldStatus, at: moment) }
        }
        let newRule = newRule
        if newRule != aggregateRule { lastExplanation = nil }
        aggregateRule = newRule
        isSettled = true
        guard newRule.status != oldStatus else { return }
        aggregateSince = moment.wall
        let change = AggregateChange(oldStatus: oldStatus, newStatus: newRule.status, reason: explanation.why)
        changes.append(.aggregate(change), at: moment)
    }
}
