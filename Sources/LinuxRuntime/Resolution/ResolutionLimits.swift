// SPDX-License-Identifier: Apache-2.0

/// How long answers are kept, and how many.
package struct ResolutionLimits: Hashable, Sendable {
    /// How long addresses are served without a question; 30 s by default.
    package var positive: Duration
    /// The age up to which they are served while they are refreshed; 60 s by default.
    package var stale: Duration
    /// How long a failure is served; 5 s by default.
    package var negative: Duration
    /// How many names are remembered; 4,096 by default.
    package var capacity: Int

    package init(
        positive: Duration = .seconds(30),
        stale: Duration = .seconds(60),
        negative: Duration = .seconds(5),
        capacity: Int = 4_096
    ) {
        precondition(stale >= positive, "addresses go stale after \(stale), before they need a refresh")
        precondition(capacity > 0, "a cache of \(capacity) names")
        self.positive = positive
        self.stale = stale
        self.negative = negative
        self.capacity = capacity
    }
}
