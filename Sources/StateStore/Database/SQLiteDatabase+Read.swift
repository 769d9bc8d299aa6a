// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension SQLiteDatabase {
    func load(at now: SaveStamp) throws(StateError) -> SavedState {
        try countStart()
        var state = SavedState()
        let columns = TargetRow.columns.joined(separator: ", ")
        let targets = try connection.prepare("SELECT id, \(columns), checksum FROM target WHERE gone_ns IS NULL")
        try targets.rows { row in
            guard let found = TargetRow(row, from: 1) else {
                state.damaged += 1
                return
            }
            state.targets[found.saved.name] = restorable(found, id: row.number(0), at: now)
        }
        let windows = try connection.prepare("SELECT entry FROM maintenance ORDER BY id")
        try windows.rows { row in
            guard let window = SavedMaintenance(row.bytes(0), now: now) else {
                state.damaged += 1
                return
            }
            if window.remaining > .zero { state.maintenance.append(window) }
        }
        return state
    }

    /// A run that ends soon after it has restored what is here, several times in a row, was perhaps ended by it.
    private func countStart() throws(StateError) {
        let starts = try meta("starts") ?? 0
        guard starts < limits.mostUnproved else {
            throw StateError(.corrupt, "the last \(starts) runs ended soon after they had read the state")
        }
        try setMeta("starts", starts + 1)
    }

    /// A row with what was heard of its target since it was written.
    private func restorable(_ row: TargetRow, id: Int64, at now: SaveStamp) -> RestorableTarget {
        let elapsed = row.stamp.elapsed(at: now)
        var found = RestorableTarget(saved: row.saved, elapsed: elapsed, verdictAge: nil)
        if let elapsed, let age = row.saved.verdictAge {
            found.verdictAge = .nanoseconds(elapsed.inNanoseconds.saturatingSum(age.inNanoseconds))
        }
        guard let entry = heard[id], entry.sequence > row.saved.sequence else { return found }
        let age = entry.instant.duration(to: now.instant)
        found.saved.sequence = entry.sequence
        found.saved.verdictAt = now.wall.advanced(by: .zero - age)
        found.verdictAge = age
        return found
    }

    func history(
        of target: TargetName,
        by step: HistoryStep,
        since: WallTime,
        limit: Int
    ) throws(StateError) -> [HistorySpan] {
        guard let id = ids[target] else { return [] }
        let (chunk, place) = (id / RollupChunk.width, UInt8(id % RollupChunk.width))
        let first = Slot(span: since.nanosecondsSinceEpoch / 1_000_000_000 / step.seconds, chunk: chunk).span
        let table = step == .minute ? "minute" : "hour"
        let newest = try connection.number("SELECT max(slot) FROM \(table)").map { Slot(key: $0).span } ?? -1
        let kept = step == .minute ? limits.minutesKept : limits.hoursKept
        // One look-up a span: chunks of one span lie side by side, those of one target do not.
        let read = step == .minute ? statements.readMinute : statements.readHour
        var spans: [HistorySpan] = []
        for span in stride(from: newest, through: max(first, newest - kept), by: -1) where spans.count < limit {
            try read.rows(.number(Slot(span: span, chunk: chunk).key)) { row in
                guard let rollup = RollupChunk(row.bytes(0))?.rollups[place] else { return }
                let start = WallTime(nanosecondsSinceEpoch: span * step.seconds * 1_000_000_000)
                spans.append(HistorySpan(start: start, rollup: rollup))
            }
        }
        return spans.reversed()
    }

    func changes(limit: Int) throws(StateError) -> [SavedChange] {
        let read = try connection.prepare(
            """
            SELECT at_ns, target, old_state, new_state, old_status, new_status, reason FROM change
            ORDER BY id DESC LIMIT ?
            """
        )
        var changes: [SavedChange] = []
        try read.rows(.number(Int64(limit))) { row in
            changes.append(
                SavedChange(
                    at: WallTime(nanosecondsSinceEpoch: row.number(0)),
                    target: row.text(1).flatMap { TargetName($0) },
                    oldState: row.text(2) ?? "",
                    newState: row.text(3) ?? "",
                    oldStatus: row.text(4) ?? "",
                    newStatus: row.text(5) ?? "",
                    reason: row.text(6) ?? ""
                )
            )
        }
        return changes.reversed()
    }
}

extension Int64 {
    /// The sum, held at the ends of the range.
    func saturatingSum(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
