// SPDX-License-Identifier: Apache-2.0

import CSQLite
import Glibc

/// One connection to a database, used by one thread at a time and closed with its last reference.
///
/// Nothing of SQLite shows outside of this folder.
@safe final class SQLiteConnection {
    /// The longest that a statement waits for another process.
    static let busyTimeoutMilliseconds: Int32 = 1_000

    // unsafe: owned by this object, closed in its deinit only.
    private let handle: OpaquePointer

    /// Opens the file at `path`, which must exist: SQLite's own creation would not give it our mode.
    init(path: String) throws(StateError) {
        var opened: OpaquePointer?
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
        // unsafe: the text is read during the call; the handle belongs to this object, also when opening failed.
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened = unsafe opened else { throw StateError(.inputOutput, "cannot open \(path): out of memory") }
        guard code == SQLITE_OK else {
            unsafe sqlite3_close_v2(opened)
            throw StateError(sqlite: code, "open \(path)")
        }
        unsafe handle = opened
        // unsafe: both only set what the connection will do.
        unsafe sqlite3_busy_timeout(handle, Self.busyTimeoutMilliseconds)
        let defended = unsafe csqlite_defend(handle)
        guard defended == SQLITE_OK else { throw StateError(sqlite: defended, "defend the database") }
    }

    deinit {
        // unsafe: nobody else has the handle; statements that are still open keep the connection until they end.
        unsafe sqlite3_close_v2(handle)
    }

    /// Runs statements that give nothing back.
    func execute(_ sql: String) throws(StateError) {
        // unsafe: the text is read during the call.
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql) }
    }

    /// Prepares a statement for many uses.
    func prepare(_ sql: String) throws(StateError) -> SQLiteStatement {
        var statement: OpaquePointer?
        // unsafe: the text is read during the call; the statement gets an owner right away.
        let code = unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else { throw error(code, sql) }
        return unsafe SQLiteStatement(statement, of: self, sql: sql)
    }

    /// The single number that a statement gives; nil when it gives none, or NULL.
    func number(_ sql: String) throws(StateError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() && !statement.isNull(0) ? statement.number(0) : nil
    }

    /// The single text that a statement gives; nil when it gives none.
    func text(_ sql: String) throws(StateError) -> String? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.text(0) : nil
    }

    /// Runs `body` in one transaction, which a throw undoes.
    func transaction<Result>(_ body: () throws(StateError) -> Result) throws(StateError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do throws(StateError) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // SQLite has undone it already after some errors; then there is nothing left to undo.
            do throws(StateError) { if isInTransaction { try execute("ROLLBACK") } } catch {}
            throw error
        }
    }

    /// Whether a transaction is open.
    private var isInTransaction: Bool {
        // unsafe: only reads the connection.
        unsafe sqlite3_get_autocommit(handle) == 0
    }

    /// How many pages the log before the next checkpoint holds, after one was tried that waits for nobody.
    func checkpoint() throws(StateError) -> Int {
        var pages: Int32 = 0
        var done: Int32 = 0
        // unsafe: two numbers are written during the call.
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, &done)
        guard code == SQLITE_OK else { throw error(code, "write back the log") }
        return done >= pages ? 0 : Int(pages)
    }

    /// Lets every statement end with an error once `isOver` says so, or never when nil; asked every some thousand steps.
    ///
    /// - Parameter isOver: must outlive the statements that it stops.
    func interrupt(when isOver: InterruptQuestion?) {
        guard let isOver else {
            // unsafe: no handler, no context.
            unsafe sqlite3_progress_handler(handle, 0, nil, nil)
            return
        }
        // unsafe: the caller keeps the question alive until it has taken the handler away.
        unsafe sqlite3_progress_handler(
            handle,
            10_000,
            { context in
                guard let context = unsafe context else { return 0 }
                return unsafe Unmanaged<InterruptQuestion>.fromOpaque(context).takeUnretainedValue().isOver() ? 1 : 0
            },
            Unmanaged.passUnretained(isOver).toOpaque()
        )
    }

    /// The error of a call that has just failed.
    func error(_ code: Int32, _ sql: String) -> StateError {
        // unsafe: only reads the connection.
        let extended = unsafe sqlite3_extended_errcode(handle)
        // The reason behind what SQLite only calls an I/O error.
        let isFull = [ENOSPC, EDQUOT].contains(unsafe sqlite3_system_errno(handle)) && extended & 0xFF == SQLITE_IOERR
        let verb = sql.split(separator: " ").prefix(3).joined(separator: " ")
        let error = StateError(
            sqlite: extended & 0xFF == code & 0xFF ? extended : code,
            "do “\(verb)” in the state database"
        )
        return isFull ? StateError(.full, error.message) : error
    }
}

/// Asked by SQLite whether a long statement must end.
final class InterruptQuestion {
    let isOver: () -> Bool

    init(_ isOver: @escaping () -> Bool) {
        self.isOver = isOver
    }
}
