// SPDX-License-Identifier: Apache-2.0

/// Which names of a directory matter.
package struct NameSelection: Hashable, Sendable {
    /// Exactly these.
    package var names: Set<String>
    /// All that end so and do not begin with a dot.
    package var suffixes: Set<String>

    package init(names: Set<String> = [], suffixes: Set<String> = []) {
        self.names = names
        self.suffixes = suffixes
    }

    /// Whether `name` is one of them.
    package func contains(_ name: String) -> Bool {
        names.contains(name) || (!name.hasPrefix(".") && suffixes.contains { name.hasSuffix($0) })
    }

    /// Adds those of another selection.
    package mutating func formUnion(_ other: NameSelection) {
        names.formUnion(other.names)
        suffixes.formUnion(other.suffixes)
    }
}
