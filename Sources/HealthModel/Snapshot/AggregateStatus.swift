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
    package var causes: [TargetName]
    /// What would change it, one sentence; nil when nothing is expected to.
    package var change: String?

    package init(
        status: AggregateStatus,
        since: WallTime,
        why: String,
        causes: [TargetName] = [],
        change: String? = nil
    ) {
        self.status = status
        self.since = since
        self.why = why
        self.causes = causes
        self.change = change
    }
}
