// SPDX-License-Identifier: Apache-2.0

/// What the agent says about everything it probes.
package enum AggregateStatus: String, CaseIterable, Hashable, Sendable {
    case healthy
    case degraded
    case unhealthy
    /// A required target has no verdict yet.
    case starting
    /// SIGTERM was received.
    case draining
}

/// The aggregate with its explanation.
package struct AggregateHealth: Hashable, Sendable {
    package var status: AggregateStatus
    /// Since when the status holds.
    package var since: WallTime
    /// One sentence: which rule decided, and through which targets.
    package var why: String
    /// The targets that decided, sorted by name; empty when healthy.
    ///
    /// A failed dependency stands in place of all that are down behind it, even where it counts for nothing itself.
    package var causes: [TargetName]
    /// The groups that decided, sorted by name.
    package var groups: [GroupName]
    /// Targets that are down behind a failed dependency, sorted by name; none of them is among the causes.
    package var attributed: [TargetName]
    /// Whether it is degraded by fail-open although the targets say unhealthy.
    package var isFailOpen: Bool
    /// What would change it, one sentence; nil when nothing is expected to.
    package var change: String?

    package init(
        status: AggregateStatus,
        since: WallTime,
        why: String,
        causes: [TargetName] = [],
        groups: [GroupName] = [],
        attributed: [TargetName] = [],
        isFailOpen: Bool = false,
        change: String? = nil
    ) {
        self.status = status
        self.since = since
        self.why = why
        self.causes = causes
        self.groups = groups
        self.attributed = attributed
        self.isFailOpen = isFailOpen
        self.change = change
    }
    /// The aggregate by `rule`, as explained.
    package init(_ rule: AggregateRule, _ explanation: AggregateExplanation, since: WallTime) {
        self.init(
            status: rule.status,
            since: since,
            why: explanation.why,
            causes: explanation.causes,
            groups: explanation.groups,
            attributed: explanation.attributed,
            isFailOpen: rule == .failOpen,
            change: explanation.change
        )
    }
}
