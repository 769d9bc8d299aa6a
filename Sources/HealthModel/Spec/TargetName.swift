// SPDX-License-Identifier: Apache-2.0

/// The name of a target: 1 to 100 characters of `[a-z0-9._-]`.
///
/// A name appears in URLs, metric labels, log fields and file names, so it is checked once, here, and safe everywhere.
package struct TargetName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name itself.
    package let text: String

    /// The longest name, in characters.
    package static let maximumLength = 100

    /// Takes `text` when it is a legal name.
    package init?(_ text: some StringProtocol) {
        guard (1...Self.maximumLength).contains(text.utf8.count) else { return nil }
        guard text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = String(text)
    }

    package var description: String { text }

    package static func < (left: TargetName, right: TargetName) -> Bool {
        left.text < right.text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
