// SPDX-License-Identifier: Apache-2.0

extension HealthSnapshot {
    /// The snapshot as it may be shown at `now`: nothing too old in it passes for healthy.
    ///
    /// A target that is healthy or degraded by a verdict that is no longer believed becomes `stale`, its groups follow, and the
    /// aggregate follows ``aggregate(at:)``. The texts depend on the instants of the snapshot only, not on `now`, so what was
    /// rendered from it stays right until ``changesNext(after:)``.
    package func asServed(at now: MonotonicInstant) -> HealthSnapshot {
        var served = self
        served.aggregate = aggregate(at: now)
        var outdated: Set<GroupName> = []
        for index in outdatedTargets(at: now) {
            served.targets[index].status = .stale
            served.targets[index].why = "no new verdict in time; the last one passed but is too old to be believed"
            served.targets[index].since = wallTime(of: beliefs[index])
            outdated.formUnion(targets[index].groups)
        }
        if !outdated.isEmpty {
            served.groups = judgedGroups(HealthJudgement(states(at: now), settings: settings), at: now)
        }
        return served
    }

    /// The aggregate as it may be served at `now`: the snapshot's own, or what is left of it once it is no longer fresh.
    ///
    /// Then all is judged again with the verdicts that are still believed: where these are enough, as in a group that needs
    /// only one of its members, the aggregate passes on; else it is unhealthy.
    package func aggregate(at now: MonotonicInstant) -> AggregateHealth {
        guard now >= freshUntil, aggregate.status == .healthy || aggregate.status == .degraded else { return aggregate }
        let states = states(at: now)
        let since = wallTime(of: freshUntil)
        let outdated = Set(outdatedTargets(at: now))
        let stale = targets.indices.filter { index in
            targets[index].maintenance == nil && (targets[index].status == .stale || outdated.contains(index))
        }.map { targets[$0] }
        let judgement = HealthJudgement(states, settings: settings)
        let rule = judgement.rule(isDraining: false)
        if rule.status == .healthy || rule.status == .degraded, beliefs.contains(where: { $0 <= now }) {
            let groups = judgedGroups(judgement, at: now)
            let explanation = AggregateExplanation(
                rule,
                settings: settings,
                tally: judgement.tally,
                targets: states,
                groups: groups
            )
            return AggregateHealth(rule, explanation, since: rule.status == aggregate.status ? aggregate.since : since)
        }
        return AggregateHealth(
            status: .unhealthy,
            since: since,
            why: "verdicts are stale: they were not renewed in time",
            causes: stale.filter { $0.impact == .required }.map(\.name),
            change: "a new verdict for every required target"
        )
    }

    private func states(at now: MonotonicInstant) -> [TargetState] {
        zip(targets, beliefs).map { TargetState($0, isAged: $1 <= now) }
    }

    private func judgedGroups(_ judgement: HealthJudgement, at now: MonotonicInstant) -> [GroupHealth] {
        let states = states(at: now)
        return zip(groups, judgement.groups).map { group, tally in
            let members = states.filter { $0.groups.contains(group.name) }
            var judged = GroupHealth(group.spec, tally: tally, members: members, since: group.since)
            let changes = outdatedTargets(at: now).filter { targets[$0].groups.contains(group.name) }
            if judged.status != group.status, let latest = changes.map({ beliefs[$0] }).max() {
                judged.since = wallTime(of: latest)
            }
            return judged
        }
    }

    /// The first instant after `now` at which ``asServed(at:)`` may differ from what it is at `now`; nil when none will.
    package func changesNext(after now: MonotonicInstant) -> MonotonicInstant? {
        var next = freshUntil > now ? freshUntil : nil
        for belief in beliefs where belief > now && belief != .never { next = min(next ?? belief, belief) }
        return next
    }

    /// The places of targets that would pass by a verdict that is no longer believed at `now`.
    private func outdatedTargets(at now: MonotonicInstant) -> [Int] {
        beliefs.indices.filter { beliefs[$0] <= now && targets[$0].status.passes }
    }

    /// The calendar time of an instant near the moment the snapshot was taken.
    package func wallTime(of instant: MonotonicInstant) -> WallTime {
        takenAtWallTime.advanced(by: takenAt.duration(to: instant))
    }
}

extension TargetStatus {
    /// Whether it is one that passes.
    fileprivate var passes: Bool { self == .healthy || self == .degraded }
}

extension TargetState {
    /// What of a target counts, whose last verdict is no longer believed when `isAged`.
    package init(_ target: TargetHealth, isAged: Bool) {
        self.init(
            name: target.name,
            impact: target.impact,
            groups: target.groups,
            status: isAged && target.status.passes ? .stale : target.status,
            isInMaintenance: target.maintenance != nil,
            isKnownDown: target.status == .unhealthy && !isAged,
            roots: target.attributedTo
        )
    }
}
