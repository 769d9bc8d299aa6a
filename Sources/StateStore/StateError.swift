// SPDX-License-Identifier: Apache-2.0

/// Why state cannot be kept, or not be read.
package struct StateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What to do about it follows from this.
    package enum Code: Hashable, Sendable {
        /// No room: the disk, a quota, or the limit of the database.
        case full
        /// The directory or the file may not be written.
        case readOnly
        /// The file is damaged.
        case corrupt
        /// A newer agent has written the file.
        case newer
        /// A database of another program, or no regular file.
        case foreign
        /// Another agent, or a long look by another process, keeps the file.
        case inUse
        /// Reading, writing or flushing failed, or the file cannot be opened.
        case inputOutput
        /// A long look was ended at its deadline.
        case interrupted
    }

    package let code: Code
    /// One line for people, in lower case, without a full stop.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
