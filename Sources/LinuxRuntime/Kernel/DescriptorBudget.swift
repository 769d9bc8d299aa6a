// SPDX-License-Identifier: Apache-2.0

/// How many descriptors probes may hold together, so that the limit of the process is never met.
///
/// A prober takes what its kind needs before it starts and gives it back when it ends; a refusal is an `internal` outcome.
/// What the loop, the server and a reserve need was subtracted before.
package struct DescriptorBudget: Hashable, Sendable {
    /// How many may be held at once.
    package let limit: Int
    /// How many are held now.
    package private(set) var held = 0

    package init(limit: Int) {
        precondition(limit >= 0, "a descriptor limit of \(limit)")
        self.limit = limit
    }

    /// Takes `count` descriptors, or none and returns false when fewer are left.
    package mutating func take(_ count: Int) -> Bool {
        guard held + count <= limit else { return false }
        held += count
        return true
    }

    /// Gives `count` back.
    package mutating func give(back count: Int) {
        precondition(count <= held, "gave back \(count) descriptors of \(held)")
        held -= count
    }
}
