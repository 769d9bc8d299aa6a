// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The targets as they were last shown, sorted by name.
///
/// Only targets that have changed are rendered again; a snapshot shares the array's storage until the next change.
struct SnapshotBoard {
    private(set) var rows: [TargetHealth] = []
    /// The row of each target, by its place.
    private var positions: [Int: Int] = [:]

    /// Lays the board out anew.
    mutating func lay(_ targets: [(TargetID, TargetHealth)]) {
        let sorted = targets.sorted { $0.1.name < $1.1.name }
        rows = sorted.map(\.1)
        positions = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.0.index, $0) })
    }

    /// Shows a target as it is now.
    mutating func update(_ target: TargetID, _ health: TargetHealth) {
        guard let position = positions[target.index] else { return }
        rows[position] = health
    }
}
