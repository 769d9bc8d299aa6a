// SPDX-License-Identifier: Apache-2.0

/// The layout of the database, and how each version follows from the one before.
struct StateSchema {
    /// In the file's header: `BWST`.
    static let applicationID: Int64 = 0x4257_5354

    /// What brings a database from version 0 (empty) to 1, from 1 to 2, and so on.
    ///
    /// A step that was released never changes.
    let steps: [String]

    /// The version that the last step leads to.
    var version: Int64 { Int64(steps.count) }

    static let current = StateSchema(steps: [first])

    private static let first = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE target (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            fingerprint INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            standing TEXT NOT NULL,
            stale INTEGER NOT NULL,
            since_ns INTEGER NOT NULL,
            verdict_ns INTEGER,
            verdict_age_ns INTEGER,
            failures INTEGER NOT NULL,
            last_failure TEXT,
            last_warning TEXT,
            breaker TEXT NOT NULL,
            breaker_since_ns INTEGER NOT NULL,
            breaker_left_ns INTEGER,
            openings INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            breaker_reason TEXT,
            open_reason TEXT,
            cause TEXT,
            operator_reason TEXT,
            operator_name TEXT,
            saved_ns INTEGER NOT NULL,
            saved_instant_ns INTEGER NOT NULL,
            saved_boot INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            gone_ns INTEGER
        );
        CREATE INDEX target_gone ON target (gone_ns) WHERE gone_ns IS NOT NULL;
        CREATE TABLE heard (chunk INTEGER PRIMARY KEY, heard BLOB NOT NULL);
        CREATE TABLE change (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at_ns INTEGER NOT NULL,
            target TEXT,
            old_state TEXT NOT NULL,
            new_state TEXT NOT NULL,
            old_status TEXT NOT NULL,
            new_status TEXT NOT NULL,
            reason TEXT NOT NULL
        );
        CREATE TABLE minute (slot INTEGER PRIMARY KEY, rollups BLOB NOT NULL);
        CREATE TABLE hour (slot INTEGER PRIMARY KEY, rollups BLOB NOT NULL);
        CREATE TABLE maintenance (id INTEGER PRIMARY KEY, entry BLOB NOT NULL);
        """

    /// Brings a database to this version, all steps in one transaction.
    ///
    /// - Throws: `newer` or `foreign` for a database that is not ours to touch, before anything was written.
    func migrate(_ connection: SQLiteConnection) throws(StateError) {
        let id = try connection.number("PRAGMA application_id") ?? 0
        let found = try connection.number("PRAGMA user_version") ?? 0
        let tables = try connection.number("SELECT count(*) FROM sqlite_schema") ?? 0
        let isNew = id == 0 && found == 0 && tables == 0
        guard isNew || id == Self.applicationID else {
            throw StateError(.foreign, "the file is the database of another program")
        }
        guard found <= version else {
            throw StateError(.newer, "a newer agent has written the file (version \(found), this one knows \(version))")
        }
        guard found < version else { return }
        try connection.transaction { () throws(StateError) in
            for step in steps[Int(max(0, found))...] { try connection.execute(step) }
            try connection.execute("PRAGMA application_id = \(Self.applicationID)")
            try connection.execute("PRAGMA user_version = \(version)")
        }
    }
}
