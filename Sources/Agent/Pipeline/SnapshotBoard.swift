// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The targets as they were last shown, sorted by name.
///
/// Only targets that have changed are rendered again; a snapshot shares the array's storage until the next change.
struct SnapshotBoard {
    private(set) var rows: [TargetHealth] = []
    /// The row of each target, by its place.
    private var positions: [Int32] = []
    /// The position of a target without a row.
    private static let none: Int32 = -1

    /// Lays the board out anew for targets in the order of their names.
    mutating func lay(_ targets: [(place: TargetID, health: TargetHealth)]) {
        rows = targets.map(\.health)
        positions = Array(repeating: Self.none, count: targets.reduce(0) { max($0, $1.place.index + 1) })
        for (row, target) in targets.enumerated() { positions[target.place.index] = Int32(row) }
    }

    /// Shows a target as it is now.
    mutating func update(_ target: TargetID, _ health: TargetHealth) {
        guard target.index < positions.count, positions[target.index] != Self.none else { return }
        rows[Int(positions[target.index])] = health
    }
}
