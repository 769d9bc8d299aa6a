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
    ///
    /// Each shows its status, what explains it, and its failures as they are. What every passing probe changes besides, its figures, may
    /// be as old as ``figuresAt``: counters, the last outcome, when the next probe is due.
    package var targets: [TargetHealth]
    /// Until when each target's last verdict is believed, in the order of the targets; for ever where there is none.
    package var beliefs: [MonotonicInstant]
    /// How many targets there are of each status, as published.
    package var census: TargetCensus
    /// The number of the first snapshot with these very targets; those after it share them.
    package var targetsSince: UInt64
    /// What no figure of a target is older than.
    package var figuresAt: MonotonicInstant
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

    /// Makes a snapshot; by default what is believed is what each target says, the census is counted, the targets are this snapshot's own,
    /// and every figure is of the moment it was taken.
    package init(
        sequence: UInt64,
        takenAt: MonotonicInstant,
        takenAtWallTime: WallTime,
        aggregate: AggregateHealth,
        targets: [TargetHealth],
        beliefs: [MonotonicInstant]? = nil,
        census: TargetCensus? = nil,
        targetsSince: UInt64? = nil,
        figuresAt: MonotonicInstant? = nil,
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
        self.beliefs = beliefs ?? targets.map { $0.staleAfter ?? .never }
        self.census = census ?? TargetCensus(targets)
        self.targetsSince = targetsSince ?? sequence
        self.figuresAt = figuresAt ?? takenAt
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
    package var isStarted: Bool { census.awaited == 0 }
}
