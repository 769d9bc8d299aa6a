// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Why a file could not be used.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Cause: Hashable, Sendable {
        /// The system refused.
        case system(SystemError)
        /// It is something else than a regular file.
        case notRegular(FileMetadata.Kind)
        /// It holds more than that many bytes or entries.
        case tooLarge(limit: Int)
    }

    package let path: String
    package let cause: Cause

    package init(path: String, cause: Cause) {
        self.path = path
        self.cause = cause
    }

    /// `/etc/x.yaml: Permission denied`, `/run/x: is a FIFO, not a regular file`.
    package var description: String { "\(path): \(reason)" }

    /// What is wrong, without the path: `Permission denied`, `is a FIFO, not a regular file`.
    package var reason: String {
        switch cause {
        case .system(let error): error.text
        case .notRegular(let kind): "is a \(kind.rawValue), not a regular file"
        case .tooLarge(let limit): "larger than \(limit)"
        }
    }
}
