// SPDX-License-Identifier: Apache-2.0

/// Standard output, for what a command was asked to print.
enum StandardOutput {
    /// Prints `text` with exactly one line end.
    static func print(_ text: String) {
        Swift.print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }
}
