// SPDX-License-Identifier: Apache-2.0

/// The name of a group; of the same characters as a target's, because it appears in the same places.
///
/// No group is called like a target: clients ask for either by its name alone.
package struct GroupName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name itself.
    package let text: String

    /// Takes `text` when it is a legal name: 1 to 100 characters of `[a-z0-9._-]`.
    package init?(_ text: some StringProtocol) {
        guard let name = TargetName(text) else { return nil }
        self.text = name.text
    }

    package var description: String { text }

    package static func < (left: GroupName, right: GroupName) -> Bool {
        left.text < right.text
    }
}
