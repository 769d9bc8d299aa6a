// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What has changed since the last batch; two batches make one in which the newest counts.
package struct StateBatch: Hashable, Sendable {
    /// The most changes and the most rolled-up targets that wait while the disk does not take them; of more, the oldest go.
    package static let maximumChanges = 10_000
    package static let maximumRollups = 250_000

    /// Targets whose status, breaker or definition has changed.
    package var targets: [TargetName: SavedTarget] = [:]
    /// Targets that had a verdict which changed nothing but its age: when, and its number.
    package var heard: [TargetName: Heard] = [:]
    /// What happened, oldest first.
    package var changes: [SavedChange] = []
    /// What the runs of whole minutes (since 1970) added up to, by target.
    package var minutes: [Int64: [TargetName: RunRollup]] = [:]
    /// All targets that are configured, when that has changed.
    package var roster: Set<TargetName>?
    /// All maintenance windows, when they have changed.
    package var maintenance: [SavedMaintenance]?
    /// Whether it must survive a power failure once it is written: an operator's word does.
    package var isPrecious = false

    /// A verdict that changed nothing.
    package struct Heard: Hashable, Sendable {
        package var instant: MonotonicInstant
        package var sequence: UInt64

        package init(instant: MonotonicInstant, sequence: UInt64) {
            self.instant = instant
            self.sequence = sequence
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
        heard.merge(later.heard) { $1 }
        roster = later.roster ?? roster
        maintenance = later.maintenance ?? maintenance
        isPrecious = isPrecious || later.isPrecious
        for (minute, rollups) in later.minutes {
            minutes[minute, default: [:]].merge(rollups) { earlier, later in
                var sum = earlier
                sum.merge(later)
                return sum
            }
        }
        changes += later.changes
        return dropExcess()
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
        return dropped
    }
}
