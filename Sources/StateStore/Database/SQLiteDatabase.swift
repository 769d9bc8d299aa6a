// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The state in a SQLite database with a write-ahead log.
///
/// `synchronous` is NORMAL: a transaction outlives the process the moment it is made, whatever ends it, but a power failure may
/// undo the last few seconds. A verdict that old is soon repeated, and a flush every second would wear the disk. What an operator
/// said is flushed (``StateBatch/isPrecious``).
final class SQLiteDatabase: StateDatabase {
    static let pageSize: Int64 = 4_096

    let connection: SQLiteConnection
    let limits: StateLimits
    let statements: Statements
    /// The row of each target.
    var ids: [TargetName: Int64] = [:]
    /// When each target last had a verdict, by its row; see ``HeardChunk``.
    var heard: [Int64: LastVerdict] = [:]
    /// The chunks of ``heard`` that differ from the file.
    var heardChunks: Set<Int64> = []
    /// Whether one of them holds a verdict that no row of a target does.
    var isHeardWaiting = false
    var heardWrittenAt: MonotonicInstant?

    /// When a target last had a verdict, and its number.
    struct LastVerdict {
        let instant: MonotonicInstant
        let sequence: UInt64
    }

    /// Keeps other agents away as long as this database is open.
    private let lock: StateLock
    private let path: String
    /// Where the database and its log lay when they were opened.
    private var places: [FilePlace] = []

    /// Takes over a database file that exists.
    ///
    /// - Throws: `corrupt` for one that is damaged; it may be set aside then.
    init(
        path: String,
        lock: StateLock,
        limits: StateLimits,
        schema: StateSchema,
        clock: @escaping () -> MonotonicInstant,
        at now: SaveStamp
    ) throws(StateError) {
        self.lock = lock
        self.limits = limits
        connection = try SQLiteConnection(path: path)
        try schema.migrate(connection)
        try Self.configure(connection, limits)
        try Self.check(connection, until: clock().advanced(by: limits.checkTime), clock)
        statements = try Statements(connection)
        self.path = path
        try readPlaces(at: now)
        // Only a reader makes the log.
        places = try Self.places(of: path)
    }

    /// Makes sure that what is written goes to where the next run will look for it.
    ///
    /// - Throws: when somebody has removed or replaced a file.
    func checkPlaces() throws(StateError) {
        guard try Self.places(of: path) == places else {
            throw StateError(.inputOutput, "\(path) was replaced while it was in use")
        }
    }

    private static func places(of path: String) throws(StateError) -> [FilePlace] {
        [try FilePlace(of: path), try FilePlace(of: path + "-wal")]
    }

    func prove() throws(StateError) {
        try setMeta("starts", 0)
    }

    /// A number that belongs to no target.
    func meta(_ key: String) throws(StateError) -> Int64? {
        var value: Int64?
        try statements.readMeta.rows(.text(key)) { value = $0.number(0) }
        return value
    }

    func setMeta(_ key: String, _ value: Int64) throws(StateError) {
        try statements.writeMeta.run(.text(key), .number(value))
    }

    /// Reads which row each target has, and when it was last heard of, by the clock of this boot.
    private func readPlaces(at now: SaveStamp) throws(StateError) {
        let rows = try connection.prepare("SELECT id, name FROM target")
        try rows.rows { row in
            if let name = row.text(1).flatMap({ TargetName($0) }) { ids[name] = row.number(0) }
        }
        let chunks = try connection.prepare("SELECT chunk, heard FROM heard")
        try chunks.rows { row in
            guard let chunk = HeardChunk(row.bytes(1)), let elapsed = chunk.stamp.elapsed(at: now) else { return }
            for entry in chunk.heard {
                let age = Duration.nanoseconds(elapsed.inNanoseconds.saturatingSum(entry.age.inNanoseconds))
                heard[row.number(0) * RollupChunk.width + Int64(entry.place)] = LastVerdict(
                    instant: now.instant.advanced(by: .zero - age),
                    sequence: entry.sequence
                )
            }
        }
    }

    private static func configure(_ connection: SQLiteConnection, _ limits: StateLimits) throws(StateError) {
        guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else {
            throw StateError(.inputOutput, "the file system cannot hold a write-ahead log")
        }
        let size = try connection.number("PRAGMA page_size") ?? pageSize
        try connection.execute(
            """
            PRAGMA synchronous = NORMAL;
            PRAGMA wal_autocheckpoint = 1000;
            PRAGMA journal_size_limit = 8388608;
            PRAGMA max_page_count = \(max(16, limits.maximumBytes / size));
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -4096;
            PRAGMA foreign_keys = OFF;
            """
        )
    }

    /// Looks for damage until the deadline; what was not looked at by then is found when it is read.
    private static func check(
        _ connection: SQLiteConnection,
        until deadline: MonotonicInstant,
        _ clock: @escaping () -> MonotonicInstant
    ) throws(StateError) {
        let question = InterruptQuestion { clock() >= deadline }
        connection.interrupt(when: question)
        defer {
            withExtendedLifetime(question) {}
            connection.interrupt(when: nil)
        }
        do throws(StateError) {
            let finding = try connection.text("PRAGMA quick_check(1)") ?? "ok"
            guard finding == "ok" else { throw StateError(.corrupt, "the file is damaged: \(finding)") }
        } catch  where error.code == .interrupted {
            return
        }
    }
}

extension SQLiteDatabase {
    /// The statements that are used again and again.
    struct Statements {
        let readMeta: SQLiteStatement
        let writeMeta: SQLiteStatement
        let writeTarget: SQLiteStatement
        let targetID: SQLiteStatement
        let writeHeard: SQLiteStatement
        let writeChange: SQLiteStatement
        let readMinute: SQLiteStatement
        let writeMinute: SQLiteStatement
        let readHour: SQLiteStatement
        let writeHour: SQLiteStatement

        init(_ connection: SQLiteConnection) throws(StateError) {
            readMeta = try connection.prepare("SELECT value FROM meta WHERE key = ?")
            writeMeta = try connection.prepare("REPLACE INTO meta (key, value) VALUES (?, ?)")
            let columns = TargetRow.columns
            let marks = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
            let updates = (columns.dropFirst() + ["checksum"]).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
            writeTarget = try connection.prepare(
                """
                INSERT INTO target (\(columns.joined(separator: ", ")), checksum) VALUES (\(marks))
                ON CONFLICT (name) DO UPDATE SET \(updates), gone_ns = NULL
                """
            )
            targetID = try connection.prepare("SELECT id FROM target WHERE name = ?")
            writeHeard = try connection.prepare("REPLACE INTO heard (chunk, heard) VALUES (?, ?)")
            writeChange = try connection.prepare(
                """
                INSERT INTO change (at_ns, target, old_state, new_state, old_status, new_status, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
            )
            readMinute = try connection.prepare("SELECT rollups FROM minute WHERE slot = ?")
            writeMinute = try connection.prepare("REPLACE INTO minute (slot, rollups) VALUES (?, ?)")
            readHour = try connection.prepare("SELECT rollups FROM hour WHERE slot = ?")
            writeHour = try connection.prepare("REPLACE INTO hour (slot, rollups) VALUES (?, ?)")
        }
    }
}
