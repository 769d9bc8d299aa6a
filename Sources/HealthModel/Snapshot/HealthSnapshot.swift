// SPDX-License-Identifier: Apache-2.0

/// Everything the agent knows at one moment; immutable, consistent, and all that a publisher ever sees.
package struct HealthSnapshot: Hashable, Sendable {
    /// Grows by one with every snapshot of a run.
    package var sequence: UInt64
    /// When it was taken.
    package var takenAt: MonotonicInstant
    package var takenAtWallTime: WallTime
    package var aggregate: AggregateHealth
    /// Sorted by name.
    package var targets: [TargetHealth]
    /// Sorted by name.
    package var groups: [GroupHealth]
    /// How the aggregate is made of targets and groups.
    package var settings: AggregateSettings
    package var agent: AgentHealth
    /// From this instant on the snapshot may not be served as healthy or degraded without being judged again.
    ///
    /// A verdict that the aggregate may rest on is stale by then, or nothing would notice if it were. A publisher compares it
    /// with its own clock, so a stalled loop cannot hide.
    package var freshUntil: MonotonicInstant
    /// The maintenance windows that are open, oldest first.
    package var maintenance: [MaintenanceOrder]

    package init(
        sequence: UInt64,
        takenAt: MonotonicInstant,
        takenAtWallTime: WallTime,
        aggregate: AggregateHealth,
        targets: [TargetHealth],
        groups: [GroupHealth] = [],
        settings: AggregateSettings = AggregateSettings(),
        agent: AgentHealth,
        freshUntil: MonotonicInstant,
        maintenance: [MaintenanceOrder] = []
    ) {
        self.sequence = sequence
        self.takenAt = takenAt
        self.takenAtWallTime = takenAtWallTime
        self.aggregate = aggregate
        self.targets = targets
        self.groups = groups
        self.settings = settings
        self.agent = agent
        self.freshUntil = freshUntil
        self.maintenance = maintenance
    }

    /// The target called `name`, in logarithmic time.
    package func target(_ name: TargetName) -> TargetHealth? {
        var low = 0
        var high = targets.count
        while low < high {
            let middle = (low + high) / 2
            if targets[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < targets.count && targets[low].name == name ? targets[low] : nil
    }

    /// The group called `name`.
    package func group(_ name: GroupName) -> GroupHealth? {
        groups.first { $0.name == name }
    }

    /// Whether every required target outside maintenance has had a verdict.
    package var isStarted: Bool {
        targets.allSatisfy { $0.impact != .required || $0.status != .starting || $0.maintenance != nil }
    }
}
