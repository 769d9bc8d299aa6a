// SPDX-License-Identifier: Apache-2.0

import CSQLite

extension StateError {
    /// What a result code of SQLite means; `context` says what was tried.
    init(sqlite extended: Int32, _ context: String) {
        let code: Code =
            switch extended & 0xFF {
            case SQLITE_FULL: .full
            case SQLITE_READONLY, SQLITE_PERM: .readOnly
            // Our statements are right, so an error in one is an error in the schema that the file holds.
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH:
                .corrupt
            case SQLITE_BUSY, SQLITE_LOCKED: .inUse
            case SQLITE_INTERRUPT: .interrupted
            default: .inputOutput
            }
        // unsafe: a constant text of the library.
        let text = unsafe sqlite3_errstr(extended).map { unsafe String(cString: $0) } ?? "error \(extended)"
        self.init(code, "cannot \(context): \(text) (SQLite \(extended))")
    }
}
