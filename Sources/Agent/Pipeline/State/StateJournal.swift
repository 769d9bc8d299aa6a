// SPDX-License-Identifier: Apache-2.0

import HealthModel
import StateStore

/// Collects what is to survive the agent, and hands it out once a second.
struct StateJournal {
    /// The least time between two batches.
    static let gap = Duration.seconds(1)
    /// The most targets in one batch, so that no turn of the loop takes long; the others follow in the next.
    static let targetsAtOnce = 5_000

    /// What was collected since the last batch.
    private var batch = StateBatch()
    /// The minute of the last outcome, since 1970, and what the runs within it added up to.
    private var minute: Int64 = 0
    private var rollups: [TargetName: RunRollup] = [:]
    private var due: MonotonicInstant?
    private var windows: [UInt64] = []

    /// Counts a run.
    mutating func note(_ outcome: Outcome, of target: TargetName, at wall: WallTime) {
        endMinute(before: wall)
        rollups[target, default: RunRollup()].add(outcome)
    }

    /// Remembers a change.
    mutating func note(_ change: HealthChange) {
        if let saved = SavedChange(change) { batch.changes.append(saved) }
    }

    /// Remembers the windows, when they are others than the last time.
    mutating func note(_ orders: [MaintenanceOrder], at now: MonotonicInstant) {
        let ids = orders.map(\.id)
        guard ids != windows else { return }
        windows = ids
        batch.maintenance = orders.map { SavedMaintenance($0, at: now) }
        batch.isPrecious = true
    }

    /// The windows that were saved are lost: they are remembered again.
    mutating func forgetWindows() {
        windows = []
    }

    /// Remembers that what is saved next is an operator's word.
    mutating func orderGiven() {
        batch.isPrecious = true
    }

    /// Remembers which targets there are.
    mutating func note(roster: Set<TargetName>) {
        batch.roster = roster
    }

    /// Whether a batch is due.
    func isDue(at now: MonotonicInstant) -> Bool { due.map { $0 <= now } ?? true }

    /// Hands out what was collected; with the last one also the minute that is not over.
    mutating func take(at moment: Moment, isLast: Bool) -> StateBatch {
        due = moment.instant.advanced(by: Self.gap)
        if isLast { endMinute() } else { endMinute(before: moment.wall) }
        defer { batch = StateBatch() }
        return batch
    }

    private mutating func endMinute(before wall: WallTime) {
        let current = wall.nanosecondsSinceEpoch / 60_000_000_000
        guard current != minute else { return }
        endMinute()
        minute = current
    }

    private mutating func endMinute() {
        guard !rollups.isEmpty else { return }
        var ended = StateBatch()
        ended.minutes = [minute: rollups]
        batch.merge(ended)
        rollups = [:]
    }
}

extension SavedMaintenance {
    /// A window with what is left of it.
    fileprivate init(_ order: MaintenanceOrder, at now: MonotonicInstant) {
        self.init(
            targets: order.selection.targets,
            groups: order.selection.groups.map(\.text),
            tags: order.selection.tags,
            since: order.since,
            remaining: max(.zero, now.duration(to: order.ends)),
            reason: order.reason,
            by: order.by
        )
    }
}
