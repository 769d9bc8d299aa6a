// SPDX-License-Identifier: Apache-2.0

/// From the statuses of a group's members to the group's.
///
/// The group is as well as the worst of the members it needs, the best ones taken first: of `needed` required members, the
/// one in that place from the best. So `all` is the worst member and `any` the best.
///
/// | needed | required members | the group is |
/// |---|---|---|
/// | 1 of 2 | healthy, unhealthy | healthy |
/// | 1 of 2 | degraded, unhealthy | degraded |
/// | 2 of 3 | healthy, degraded, unhealthy | degraded |
/// | 2 of 3 | healthy, starting, unhealthy | starting |
/// | 2 of 3 | healthy, stale, unhealthy | stale |
/// | 2 of 3 | healthy, unhealthy, unhealthy | unhealthy |
///
/// A degrading member that is down makes a healthy group degraded; an informational one changes nothing. Members in
/// maintenance are left out before; where that leaves nobody who counts, the group itself counts for nothing and shows what
/// it would be with them.
package enum GroupRule {
    /// Best first.
    private static let order: [TargetStatus] = [.healthy, .degraded, .starting, .stale, .unhealthy]

    /// The status of a group with these members.
    package static func status(of members: StatusTally, policy: PassingPolicy) -> TargetStatus {
        var missing = policy.needed(of: members.total(.required))
        var status = TargetStatus.healthy
        for level in order where missing > 0 {
            missing -= members[.required, level]
            status = level
        }
        return status == .healthy && members.down(.degrading) > 0 ? .degraded : status
    }
}

/// The members of one group, counted.
package struct GroupTally: Hashable, Sendable {
    /// Those outside maintenance.
    package var counted = StatusTally()
    /// Those in maintenance.
    package var suspended = StatusTally()

    package init() {}

    /// Whether the group counts for anything: it has a member that does.
    package var counts: Bool { counted.voters > 0 }

    /// The group's status; `starting` without any member that could count.
    package func status(policy: PassingPolicy) -> TargetStatus {
        if counts { return GroupRule.status(of: counted, policy: policy) }
        return suspended.voters > 0 ? GroupRule.status(of: suspended, policy: policy) : .starting
    }
}
