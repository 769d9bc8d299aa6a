// SPDX-License-Identifier: Apache-2.0

/// A target's place in the tables of a running agent.
///
/// Places are dense, counted from 0, given out by the one who owns the list of targets, and reused after a target was
/// removed. Names identify targets to people; places let the parts of the core find a target without hashing its name.
package struct TargetID: Hashable, Sendable {
    /// The row in every table.
    package let index: Int

    package init(_ index: Int) {
        precondition(index >= 0, "a target's place is not negative: \(index)")
        self.index = index
    }
}
