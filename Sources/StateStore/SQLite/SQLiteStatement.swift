// SPDX-License-Identifier: Apache-2.0

import CSQLite

/// One prepared statement; its parameters are counted from 1, its columns from 0.
@safe final class SQLiteStatement {
    // unsafe: owned by this object, ended in its deinit only.
    private let handle: OpaquePointer
    private let connection: SQLiteConnection
    private let sql: String

    init(_ handle: OpaquePointer, of connection: SQLiteConnection, sql: String) {
        unsafe self.handle = handle
        self.connection = connection
        self.sql = sql
    }

    deinit {
        // unsafe: nobody else has the handle.
        unsafe sqlite3_finalize(handle)
    }

    /// Binds the parameters, runs the statement to its end, and makes it ready for the next time.
    func run(_ values: SQLiteValue...) throws(StateError) {
        try run(values)
    }

    /// Binds the parameters, runs the statement to its end, and makes it ready for the next time.
    func run(_ values: [SQLiteValue]) throws(StateError) {
        defer { reset() }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
        while try step() {}
    }

    /// Binds the parameters and hands out each row.
    func rows(_ values: SQLiteValue..., body: (SQLiteStatement) throws(StateError) -> Void) throws(StateError) {
        defer { reset() }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
        while try step() { try body(self) }
    }

    /// Goes on to the next row; false at the end.
    func step() throws(StateError) -> Bool {
        // unsafe: the handle is valid as long as this object.
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw connection.error(code, sql)
        }
    }

    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func number(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(handle, column)
    }

    /// Nil for NULL; invalid UTF-8 is repaired, which a checksum then notices.
    func text(_ column: Int32) -> String? {
        // unsafe: the bytes are copied before the statement moves on.
        guard let start = unsafe sqlite3_column_text(handle, column) else { return nil }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        // unsafe: the bytes are copied before the statement moves on.
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    private func reset() {
        // unsafe: the handle is valid as long as this object.
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    private func bind(_ value: SQLiteValue, at index: Int32) throws(StateError) {
        let code: Int32
        switch value {
        case .null: code = unsafe sqlite3_bind_null(handle, index)
        case .number(let number): code = unsafe sqlite3_bind_int64(handle, index, number)
        case .text(let text):
            // unsafe: the text is copied during the call.
            code = unsafe csqlite_bind_text(handle, index, text, Int32(clamping: text.utf8.count))
        case .bytes(let bytes):
            // unsafe: the bytes are copied during the call.
            code = unsafe csqlite_bind_blob(handle, index, bytes, Int32(clamping: bytes.count))
        }
        guard code == SQLITE_OK else { throw connection.error(code, sql) }
    }
}

/// A value that SQLite can hold.
enum SQLiteValue {
    case null
    case number(Int64)
    case text(String)
    case bytes([UInt8])

    init(_ text: String?) {
        self = text.map { .text($0) } ?? .null
    }

    init(_ number: Int64?) {
        self = number.map { .number($0) } ?? .null
    }
}
