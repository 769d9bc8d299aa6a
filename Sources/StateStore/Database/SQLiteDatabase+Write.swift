// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension SQLiteDatabase {
    func write(_ batch: StateBatch, at now: SaveStamp, isLast: Bool) throws(StateError) {
        try checkPlaces()
        if batch.isPrecious || isLast { try connection.execute("PRAGMA synchronous = FULL") }
        try connection.transaction { () throws(StateError) in
            if let roster = batch.roster { try note(roster: roster, at: now) }
            var isHeardWrong = false
            for (_, saved) in batch.targets {
                if try !write(saved, at: now) { isHeardWrong = true }
            }
            for entry in batch.heard { note(entry) }
            let isDue = isHeardDue(at: now)
            if isLast || isHeardWrong || isDue { try writeHeard(at: now) }
            // A correction between two puts no verdict off.
            if isDue { heardWrittenAt = now.instant }
            for change in batch.changes { try write(change) }
            let rolled = try meta(Self.rolledHour) ?? 0
            for (minute, rollups) in batch.minutes { try add(rollups, minute: minute, rolledHour: rolled) }
            if let windows = batch.maintenance { try write(windows, at: now) }
        }
        if batch.isPrecious || isLast { try connection.execute("PRAGMA synchronous = NORMAL") }
        guard try connection.checkpoint() <= limits.maximumLogPages else {
            throw StateError(.inUse, "another process looks at the state database for too long")
        }
    }

    /// Up to which hour, since 1970, minutes were rolled up.
    static var rolledHour: String { "rolled_hour" }

    /// Writes a target's row.
    ///
    /// - Returns: false when what the file holds about its last verdict would be taken for a newer one.
    private func write(_ saved: SavedTarget, at now: SaveStamp) throws(StateError) -> Bool {
        let values = TargetRow(saved, stamp: now).values
        try statements.writeTarget.run(values + [.number(TargetRow.checksum(of: values))])
        if ids[saved.name] == nil {
            try statements.targetID.rows(.text(saved.name.text)) { ids[saved.name] = $0.number(0) }
        }
        guard let id = ids[saved.name] else { return true }
        let isNewer = heard[id].map { $0.sequence <= saved.sequence && saved.verdictAge != nil } ?? true
        heard[id] = saved.verdictAge.map { age in
            LastVerdict(instant: now.instant.advanced(by: .zero - age), sequence: saved.sequence)
        }
        heardChunks.insert(id / RollupChunk.width)
        return isNewer
    }

    private func note(_ entry: StateBatch.Heard) {
        guard let id = ids[entry.name] else { return }
        let verdict = LastVerdict(instant: entry.instant, sequence: entry.sequence)
        if let known = heard.updateValue(verdict, forKey: id), known.sequence > entry.sequence {
            heard[id] = known
            return
        }
        heardChunks.insert(id / RollupChunk.width)
        isHeardWaiting = true
    }

    private func isHeardDue(at now: SaveStamp) -> Bool {
        guard isHeardWaiting else { return false }
        guard let last = heardWrittenAt else { return true }
        return last.duration(to: now.instant) >= limits.heardGap
    }

    private func writeHeard(at now: SaveStamp) throws(StateError) {
        for chunk in heardChunks {
            var packed = HeardChunk(stamp: now)
            for place in 0..<RollupChunk.width {
                guard let entry = heard[chunk * RollupChunk.width + place] else { continue }
                let age = max(.zero, entry.instant.duration(to: now.instant))
                packed.heard.append(HeardChunk.Heard(place: UInt8(place), age: age, sequence: entry.sequence))
            }
            try statements.writeHeard.run(.number(chunk), .bytes(packed.bytes))
        }
        heardChunks.removeAll()
        isHeardWaiting = false
    }

    private func write(_ change: SavedChange) throws(StateError) {
        try statements.writeChange.run(
            .number(change.at.nanosecondsSinceEpoch),
            SQLiteValue(change.target?.text),
            .text(change.oldState),
            .text(change.newState),
            .text(change.oldStatus),
            .text(change.newStatus),
            .text(String(decoding: change.reason.utf8.prefix(TargetRow.longestText), as: UTF8.self))
        )
    }

    /// Adds what the runs of a minute added up to; one whose hour was rolled up already goes into that, too.
    private func add(
        _ rollups: [StateBatch.TargetRollup],
        minute: Int64,
        rolledHour: Int64
    ) throws(StateError) {
        var chunks: [Int64: RollupChunk] = [:]
        for entry in rollups {
            guard let id = ids[entry.name] else { continue }
            let place = UInt8(id % RollupChunk.width)
            chunks[id / RollupChunk.width, default: RollupChunk()]
                .rollups[place, default: RunRollup()].merge(entry.rollup)
        }
        for (chunk, rollups) in chunks {
            try merge(rollups, into: Slot(span: minute, chunk: chunk), statements.readMinute, statements.writeMinute)
            guard minute / 60 <= rolledHour else { continue }
            try merge(rollups, into: Slot(span: minute / 60, chunk: chunk), statements.readHour, statements.writeHour)
        }
    }

    func merge(
        _ rollups: RollupChunk,
        into slot: Slot,
        _ read: SQLiteStatement,
        _ write: SQLiteStatement
    ) throws(StateError) {
        var sum = RollupChunk()
        // A damaged chunk is lost; what is new begins another.
        try read.rows(.number(slot.key)) { sum = RollupChunk($0.bytes(0)) ?? RollupChunk() }
        sum.merge(rollups)
        try write.run(.number(slot.key), .bytes(sum.bytes))
    }

    private func write(_ windows: [SavedMaintenance], at now: SaveStamp) throws(StateError) {
        try connection.execute("DELETE FROM maintenance")
        let insert = try connection.prepare("INSERT INTO maintenance (entry) VALUES (?)")
        for window in windows { try insert.run(.bytes(window.bytes(stamp: now))) }
    }

    /// Marks the targets that are not configured any more with the time of that, and takes the mark off the others.
    private func note(roster: Set<TargetName>, at now: SaveStamp) throws(StateError) {
        let mark = try connection.prepare("UPDATE target SET gone_ns = ? WHERE id = ? AND gone_ns IS NULL")
        let clear = try connection.prepare("UPDATE target SET gone_ns = NULL WHERE id = ? AND gone_ns IS NOT NULL")
        for (name, id) in ids {
            if roster.contains(name) {
                try clear.run(.number(id))
            } else {
                try mark.run(.number(now.wall.nanosecondsSinceEpoch), .number(id))
            }
        }
    }
}

/// The key of a chunk of history: the span in the upper bits, so that new rows are appended and old ones go from the front.
struct Slot: Hashable {
    /// Minutes or hours since 1970.
    let span: Int64
    let chunk: Int64

    private static let chunkBits: Int64 = 20

    /// A span before 1970, or after 2900, is held at the end of the range.
    init(span: Int64, chunk: Int64) {
        self.span = min(max(0, span), 1 << 29)
        self.chunk = chunk
    }

    init(key: Int64) {
        span = key >> Self.chunkBits
        chunk = key & (1 << Self.chunkBits - 1)
    }

    var key: Int64 { span << Self.chunkBits | chunk }
}
