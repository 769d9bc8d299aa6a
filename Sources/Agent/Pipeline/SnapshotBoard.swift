// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The targets as they were last shown, sorted by name.
///
/// Only targets that have changed are rendered again; a snapshot shares the array's storage until the next change.
struct SnapshotBoard {
    private(set) var rows: [TargetHealth] = []
    /// The row of each target, by its place.
    private var positions: [Int: Int] = [:]

    /// Lays the board out anew for targets in the order of their names.
    mutating func lay(_ targets: [TargetID], health: (TargetID) -> TargetHealth?) {
        rows.removeAll()
        rows.reserveCapacity(targets.count)
        positions.removeAll(keepingCapacity: true)
        for target in targets {
            guard let row = health(target) else { continue }
            positions[target.index] = rows.count
            rows.append(row)
        }
    }

    /// Shows a target as it is now.
    mutating func update(_ target: TargetID, _ health: TargetHealth) {
        guard let position = positions[target.index] else { return }
        rows[position] = health
    }
}
