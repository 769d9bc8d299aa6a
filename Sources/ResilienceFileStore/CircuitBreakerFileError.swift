// SPDX-License-Identifier: Apache-2.0

/// Why the file of a ``CircuitBreakerFileStore`` could not be read or written.
///
/// What the store holds in memory is kept, and so is the old file: after a failed write the next one saves everything.
public struct CircuitBreakerFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The kind in a word.
        public let description: String

        /// The file was damaged, of another version or too large: it was set aside, and the store goes on with a new one.
        public static let damaged = Code(description: "damaged")
        /// The path belongs to a symbolic link, a directory, a pipe or a device, which is not touched.
        public static let notRegularFile = Code(description: "not a regular file")
        /// The file system or a permission forbids it.
        public static let denied = Code(description: "denied")
        /// The disk or the quota is full.
        public static let diskFull = Code(description: "disk full")
        /// There are more records than the file may hold.
        public static let tooLarge = Code(description: "too large")
        /// Too many others write a file for the same path right now.
        public static let busy = Code(description: "busy")
        /// Any other failure of the system.
        public static let system = Code(description: "system")
    }

    /// The kind of failure.
    public let code: Code
    /// The path of the file.
    public let path: String
    /// What has happened, in words.
    public let detail: String
    /// The `errno` of the system call that failed; nil where none did.
    public let systemCode: Int32?

    init(_ code: Code, path: String, detail: String, systemCode: Int32? = nil) {
        self.code = code
        self.path = path
        self.detail = detail
        self.systemCode = systemCode
    }

    init(_ failure: SystemFailure, path: String) {
        let code: Code =
            if failure.isWrongKind {
                .notRegularFile
            } else if failure.isDiskFull {
                .diskFull
            } else if failure.isDenied {
                .denied
            } else if failure.isBusy {
                .busy
            } else {
                .system
            }
        self.init(code, path: path, detail: "\(failure.call): \(failure.meaning)", systemCode: failure.code)
    }

    /// The failure in one line: `/var/lib/app/breakers: write: no space left on the disk`.
    public var description: String { "\(path): \(detail)" }
}
