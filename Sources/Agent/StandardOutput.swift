// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output, for what a command was asked to print.
enum StandardOutput {
    /// Prints `text` with exactly one line end.
    static func print(_ text: String) {
        Swift.print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }

    /// Prints `text`, and has it seen at once also by a reader at the other end of a pipe.
    static func printNow(_ text: String) {
        print(text)
        fflush(nil)
    }
}
