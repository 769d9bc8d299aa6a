// SPDX-License-Identifier: Apache-2.0

/// What our own side lacks for a handshake: a file, a fitting key; never the peer's fault.
package struct TLSSetupProblem: Error, Hashable, CustomStringConvertible {
    /// One line for people, in lower case, that names the file.
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package var description: String { text }
}
