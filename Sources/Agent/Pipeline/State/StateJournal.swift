// SPDX-License-Identifier: Apache-2.0

import HealthModel
import StateStore

/// Collects what is to survive the agent, and hands it out once a second.
struct StateJournal {
    /// The least time between two batches.
    static let gap = Duration.seconds(1)
    /// The least time between two batches with verdicts that changed nothing but their age.
    ///
    /// They are most of all verdicts, and nothing but their age is lost with a crash. The database writes each such batch at once
    /// (``StateLimits/heardGap``), so what lies on the disk is this old at most, and a second for the way there.
    static let heardGap = Duration.seconds(10)
    /// How long before a batch its targets begin to be collected.
    static let preparation = Duration.milliseconds(250)
    /// The most targets that are collected in one turn of the loop before a batch is due, so that no turn takes long.
    static let targetsPerTurn = 16
    /// The most that are collected when it is due, for a loop that had few turns before.
    static let lastTargets = 256
    /// The most targets in one batch; the others follow in the next.
    static let targetsAtOnce = 5_000

    /// What was collected since the last batch.
    private var batch = StateBatch()
    /// The minute of the last outcome, since 1970, and what the runs within it added up to.
    private var minute: Int64 = 0
    private var rollups: [StateBatch.TargetRollup] = []
    /// Where in ``rollups`` each target is, by its place, if the name there is its own.
    ///
    /// Where it is another, the entry is from an earlier minute, or of the target that had the place before. So no name is hashed for
    /// a run, and nothing has to be done when a minute ends or a target goes.
    private var entries: [Int] = []
    private var due: MonotonicInstant?
    private var heardDue: MonotonicInstant?
    private var windows: [UInt64] = []

    /// Counts a run of the target with this place and name.
    mutating func note(_ outcome: Outcome, of target: TargetID, _ name: TargetName, at wall: WallTime) {
        endMinute(before: wall)
        rollups[entry(of: target, name)].rollup.add(outcome)
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

    /// Remembers a target as it is now, in place of what it was.
    mutating func note(_ target: SavedTarget) {
        batch.targets[target.name] = target
    }

    /// Whether a batch is due.
    func isDue(at now: MonotonicInstant) -> Bool { due.map { $0 <= now } ?? true }

    /// How many targets are to be collected in this turn.
    func room(at now: MonotonicInstant) -> Int {
        guard let due, due > now else { return min(Self.lastTargets, Self.targetsAtOnce - batch.targets.count) }
        guard due <= now.advanced(by: Self.preparation) else { return 0 }
        return min(Self.targetsPerTurn, Self.targetsAtOnce - batch.targets.count)
    }

    /// Whether verdicts that changed nothing but their age belong into the batch that is taken now; if so, the next such is a gap
    /// later.
    mutating func takesHeard(at now: MonotonicInstant) -> Bool {
        guard heardDue.map({ $0 <= now }) ?? true else { return false }
        heardDue = now.advanced(by: Self.heardGap)
        return true
    }

    /// Hands out what was collected; with the last one also the minute that is not over.
    mutating func take(at moment: Moment, isLast: Bool) -> StateBatch {
        due = moment.instant.advanced(by: Self.gap)
        if isLast { endMinute() } else { endMinute(before: moment.wall) }
        defer { batch = StateBatch() }
        return batch
    }

    /// Where the target's runs of this minute are counted.
    private mutating func entry(of target: TargetID, _ name: TargetName) -> Int {
        while entries.count <= target.index { entries.append(0) }
        let known = entries[target.index]
        if known < rollups.count, rollups[known].name == name { return known }
        entries[target.index] = rollups.count
        rollups.append(StateBatch.TargetRollup(name, RunRollup()))
        return rollups.count - 1
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
        // The next minute is likely to be like this one.
        let count = rollups.count
        rollups = []
        rollups.reserveCapacity(count)
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
