// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The targets as they were last shown, sorted by name.
///
/// Only targets that have changed are drawn again; snapshots share the arrays' storage until the next change.
struct SnapshotBoard {
    private(set) var rows: [TargetHealth] = []
    /// Until when each row's verdict is believed, which every verdict changes and most change alone.
    private(set) var beliefs: [MonotonicInstant] = []
    private(set) var census = TargetCensus()
    /// Whether a row was drawn since somebody asked.
    private var isRedrawn = false
    /// The row of each target, by its place.
    private var positions: [Int32] = []
    /// The position of a target without a row.
    private static let none: Int32 = -1

    /// Lays the board out anew for targets in the order of their names.
    mutating func lay(_ targets: [(place: TargetID, health: TargetHealth)]) {
        rows = targets.map(\.health)
        beliefs = rows.map { $0.staleAfter ?? .never }
        census = TargetCensus(rows)
        isRedrawn = true
        positions = Array(repeating: Self.none, count: targets.reduce(0) { max($0, $1.place.index + 1) })
        for (row, target) in targets.enumerated() { positions[target.place.index] = Int32(row) }
    }

    /// Shows a target as it is now.
    mutating func update(_ target: TargetID, _ health: TargetHealth) {
        guard let row = row(of: target) else { return }
        census.remove(rows[row])
        census.add(health)
        rows[row] = health
        beliefs[row] = health.staleAfter ?? .never
        isRedrawn = true
    }

    /// Shows until when a target's verdict is believed.
    mutating func renew(_ target: TargetID, until belief: MonotonicInstant) {
        guard let row = row(of: target) else { return }
        beliefs[row] = belief
    }

    /// Whether a row was drawn since the last call.
    mutating func takeRedrawn() -> Bool { exchange(&isRedrawn, with: false) }

    private func row(of target: TargetID) -> Int? {
        guard target.index < positions.count, positions[target.index] != Self.none else { return nil }
        return Int(positions[target.index])
    }
}
