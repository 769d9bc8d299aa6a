// SPDX-License-Identifier: Apache-2.0

/// Why a group has its status: how many it needs, who is in the way, and what would change it.
package struct GroupExplanation: Sendable {
    /// One sentence: `2 of 3 needed, 1 passes; unhealthy: a, b`.
    package let why: String
    /// The targets that decided, dependencies in place of those behind them; sorted, empty when healthy.
    package let causes: [TargetName]
    /// The members behind a failed dependency.
    package let attributed: [TargetName]
    /// What would change it; nil when nothing is expected to.
    package let change: String?

    /// - Parameters:
    ///   - spec: the group.
    ///   - tally: its members, counted.
    ///   - members: its members, in any order.
    package init(_ spec: GroupSpec, tally: GroupTally, members: [TargetState]) {
        guard tally.counts || tally.suspended.voters > 0 else {
            why = members.isEmpty ? "it has no member" : "every member is informational"
            (causes, attributed, change) = ([], [], members.isEmpty ? "a probe that names the group" : nil)
            return
        }
        let counted = tally.counts ? tally.counted : tally.suspended
        let voters = members.filter { $0.isInMaintenance != tally.counts }
        let status = GroupRule.status(of: counted, policy: spec.policy)
        let total = counted.total(.required)
        let needed = spec.policy.needed(of: total)
        let passing = counted.passing(.required)

        var parts = tally.counts ? [] : ["every member is in maintenance, so the group counts for nothing"]
        parts.append(
            total == 0
                ? "no required member"
                : "\(needed) of \(total) needed, \(passing) \(passing == 1 ? "passes" : "pass")"
        )
        var found: [TargetState] = []
        for level in [TargetStatus.unhealthy, .stale, .starting, .degraded] {
            let these = voters.filter { $0.impact == .required && $0.status == level }
            parts += Blame.sorted(these).map { "\(level.rawValue)\($0.because): \(NameList.text($0.names))" }
            found += these
        }
        let degrading = voters.filter { $0.impact == .degrading && ($0.status == .unhealthy || $0.status == .stale) }
        parts += Blame.sorted(degrading).map { "degrading and down\($0.because): \(NameList.text($0.names))" }
        let suspended = members.filter { $0.isInMaintenance && $0.impact != .informational }.map(\.name.text).sorted()
        if tally.counts, !suspended.isEmpty { parts.append("in maintenance: \(NameList.text(suspended))") }
        why = parts.joined(separator: "; ")

        let blame = Blame(found + degrading)
        causes = status == .healthy ? [] : blame.causes
        attributed = blame.attributed
        let names = { (wanted: Set<TargetStatus>) in
            voters.filter { $0.impact == .required && wanted.contains($0.status) }.map(\.name.text).sorted()
        }
        switch status {
        case .unhealthy, .stale:
            let missing = needed - passing - counted[.required, .starting]
            change = "a return of \(NameList.text(max(1, missing), of: names([.unhealthy, .stale])))"
        case .starting:
            change = "a first passing verdict of \(NameList.text(needed - passing, of: names([.starting])))"
        case .degraded where counted[.required, .healthy] < needed:
            let missing = needed - counted[.required, .healthy]
            change = "a recovery of \(NameList.text(missing, of: names([.degraded, .unhealthy, .stale])))"
        case .degraded:
            change = "a recovery of \(NameList.text(degrading.map(\.name.text).sorted()))"
        case .healthy where total > 0:
            change = "a failure of \(NameList.text(passing - needed + 1, of: names([.healthy, .degraded])))"
        case .healthy:
            change = nil
        }
    }
}
