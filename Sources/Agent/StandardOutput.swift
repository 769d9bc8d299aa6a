// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output, for what a command was asked to print.
enum StandardOutput {
    /// Prints `text` with exactly one line end, at once.
    ///
    /// - Returns: false when nobody reads it any more.
    @discardableResult
    static func print(_ text: String) -> Bool {
        write(exactly: text.hasSuffix("\n") ? text : text + "\n")
    }

    /// Writes `text` as it is, at once.
    ///
    /// - Returns: false when nobody reads it any more.
    static func write(exactly text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    /// Prints `text`, and has it seen at once also by a reader at the other end of a pipe.
    static func printNow(_ text: String) {
        print(text)
        fflush(nil)
    }
}
