// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension SQLiteDatabase {
    /// Part of the largest size from which on history makes room.
    private static let crowded = 0.9
    /// Minutes after the end of an hour until it is rolled up: late ones come within that.
    private static let rollUpDelay: Int64 = 5

    func tidy(at now: SaveStamp) throws(StateError) {
        try checkPlaces()
        let minute = now.wall.nanosecondsSinceEpoch / 60_000_000_000
        try connection.transaction { () throws(StateError) in
            if try isCrowded { try makeRoom() }
            let rolled = try meta(Self.rolledHour) ?? 0
            try remove("minute", olderThan: min(minute - limits.minutesKept, (rolled + 1) * 60))
            try remove("hour", olderThan: minute / 60 - limits.hoursKept)
            try removeChanges()
            try removeGone(at: now)
        }
        try connection.transaction { () throws(StateError) in
            try rollUp(before: (minute - Self.rollUpDelay) / 60)
        }
    }

    /// Adds the minutes of the next hour that has any, and is over, up into that hour.
    private func rollUp(before hour: Int64) throws(StateError) {
        let done = try meta(Self.rolledHour) ?? 0
        let first = Slot(span: (done + 1) * 60, chunk: 0).key
        guard let slot = try connection.number("SELECT min(slot) FROM minute WHERE slot >= \(first)") else { return }
        let next = Slot(key: slot).span / 60
        guard next < hour else { return }
        var sums: [Int64: RollupChunk] = [:]
        let end = Slot(span: (next + 1) * 60, chunk: 0).key
        let read = try connection.prepare("SELECT slot, rollups FROM minute WHERE slot >= ? AND slot < ?")
        try read.rows(.number(slot), .number(end)) { row in
            guard let rollups = RollupChunk(row.bytes(1)) else { return }
            sums[Slot(key: row.number(0)).chunk, default: RollupChunk()].merge(rollups)
        }
        for (chunk, sum) in sums {
            try merge(sum, into: Slot(span: next, chunk: chunk), statements.readHour, statements.writeHour)
        }
        try setMeta(Self.rolledHour, next)
    }

    /// Removes the oldest rows of a history, if they are older than `span`; never all at once, so that a clock that is wrong for
    /// a while does not take the history with it.
    private func remove(_ table: String, olderThan span: Int64) throws(StateError) {
        let end = Slot(span: span, chunk: 0).key
        try connection.execute(
            """
            DELETE FROM \(table) WHERE slot IN
                (SELECT slot FROM \(table) WHERE slot < \(end) ORDER BY slot LIMIT \(limits.removedAtOnce))
            """
        )
    }

    private func removeChanges() throws(StateError) {
        guard let newest = try connection.number("SELECT max(id) FROM change") else { return }
        try connection.execute("DELETE FROM change WHERE id <= \(newest - limits.changesKept)")
    }

    /// Forgets targets that are long gone from the configuration.
    private func removeGone(at now: SaveStamp) throws(StateError) {
        let before = now.wall.advanced(by: .zero - limits.goneKept).nanosecondsSinceEpoch
        var gone: [(id: Int64, name: String)] = []
        let read = try connection.prepare("SELECT id, name FROM target WHERE gone_ns < ? LIMIT ?")
        try read.rows(.number(before), .number(limits.removedAtOnce)) { row in
            gone.append((row.number(0), row.text(1) ?? ""))
        }
        let delete = try connection.prepare("DELETE FROM target WHERE id = ?")
        for (id, name) in gone {
            try delete.run(.number(id))
            if let name = TargetName(name) { ids[name] = nil }
            if heard.removeValue(forKey: id) != nil { heardChunks.insert(id / RollupChunk.width) }
        }
    }

    private var isCrowded: Bool {
        get throws(StateError) {
            let all = try connection.number("PRAGMA page_count") ?? 0
            let free = try connection.number("PRAGMA freelist_count") ?? 0
            let most = try connection.number("PRAGMA max_page_count") ?? .max
            return Double(all - free) > Double(most) * Self.crowded
        }
    }

    /// Removes the oldest tenth of the minutes; where there are none, of the hours; where there are none, of the changes.
    private func makeRoom() throws(StateError) {
        for (table, key) in [("minute", "slot"), ("hour", "slot"), ("change", "id")] {
            guard let rows = try connection.number("SELECT count(*) FROM \(table)"), rows > 0 else { continue }
            let part = max(1, rows / 10)
            try connection.execute(
                "DELETE FROM \(table) WHERE \(key) IN (SELECT \(key) FROM \(table) ORDER BY \(key) LIMIT \(part))"
            )
            return
        }
    }
}
