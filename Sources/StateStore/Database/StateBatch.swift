// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What has changed since the last batch; two batches make one in which the newest counts.
package struct StateBatch: Hashable, Sendable {
    /// The most changes and the most rolled-up targets that wait while the disk does not take them; of more, the oldest go.
    package static let maximumChanges = 10_000
    package static let maximumRollups = 250_000

    /// Targets whose status, breaker or definition has changed.
    package var targets: [TargetName: SavedTarget] = [:]
    /// Verdicts that changed nothing but their age, oldest first; of one target the last counts.
    package var heard: [Heard] = []
    /// What happened, oldest first.
    package var changes: [SavedChange] = []
    /// What the runs of whole minutes (since 1970) added up to; several entries of one target count together.
    package var minutes: [Int64: [TargetRollup]] = [:]
    /// All targets that are configured, when that has changed.
    package var roster: Set<TargetName>?
    /// All maintenance windows, when they have changed.
    package var maintenance: [SavedMaintenance]?
    /// Whether it must survive a power failure once it is written: an operator's word does.
    package var isPrecious = false

    /// The length of ``heard`` at which it is looked through for verdicts that a later one has replaced.
    private var mostHeard = Self.fewHeard
    private static let fewHeard = 1_024

    /// A verdict of a target that changed nothing: when, and its number.
    package struct Heard: Hashable, Sendable {
        package let name: TargetName
        package let instant: MonotonicInstant
        package let sequence: UInt64

        package init(_ name: TargetName, instant: MonotonicInstant, sequence: UInt64) {
            self.name = name
            self.instant = instant
            self.sequence = sequence
        }
    }

    /// What the runs of a target added up to.
    package struct TargetRollup: Hashable, Sendable {
        package let name: TargetName
        package var rollup: RunRollup

        package init(_ name: TargetName, _ rollup: RunRollup) {
            self.name = name
            self.rollup = rollup
        }
    }

    package init() {}

    package var isEmpty: Bool {
        targets.isEmpty && heard.isEmpty && changes.isEmpty && minutes.isEmpty && roster == nil && maintenance == nil
    }

    /// Adds what came later.
    ///
    /// - Returns: how many changes and rolled-up targets had to go.
    @discardableResult
    package mutating func merge(_ later: StateBatch) -> Int {
        if isEmpty && !isPrecious {
            self = later
            return 0
        }
        targets.merge(later.targets) { $1 }
        add(later.heard)
        roster = later.roster ?? roster
        maintenance = later.maintenance ?? maintenance
        isPrecious = isPrecious || later.isPrecious
        // Whoever writes them adds them up: that is on no probe's way, and looks every name up anyway.
        minutes.merge(later.minutes) { $0 + $1 }
        changes += later.changes
        return dropExcess()
    }

    /// Appends; at twice the targets that were heard of, only the newest of each stays, so that a disk which takes nothing costs
    /// memory for each target once, and few look-ups.
    private mutating func add(_ later: [Heard]) {
        heard += later
        guard heard.count > mostHeard else { return }
        var known: Set<TargetName> = []
        var newest: [Heard] = []
        for entry in heard.reversed() where known.insert(entry.name).inserted { newest.append(entry) }
        heard = newest.reversed()
        mostHeard = max(Self.fewHeard, 2 * heard.count)
    }

    private mutating func dropExcess() -> Int {
        var dropped = max(0, changes.count - Self.maximumChanges)
        changes.removeFirst(dropped)
        var rollups = minutes.values.reduce(0) { $0 + $1.count }
        while rollups > Self.maximumRollups, minutes.count > 1, let oldest = minutes.keys.min() {
            let count = minutes.removeValue(forKey: oldest)?.count ?? 0
            rollups -= count
            dropped += count
        }
        if rollups > Self.maximumRollups, let minute = minutes.keys.first {
            minutes[minute]?.removeFirst(rollups - Self.maximumRollups)
            dropped += rollups - Self.maximumRollups
        }
        return dropped
    }
}
