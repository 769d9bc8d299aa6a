// SPDX-License-Identifier: Apache-2.0

/// What a search through bytes that may go on ended with.
package enum PatternSearch: Hashable, Sendable {
    /// The first place, by where it begins.
    case found(PatternOccurrence)
    /// No place so far, but what is there may be the beginning of one.
    case undecided
    /// No place, and nothing that is there begins one.
    case notFound
    /// Given up, as in `PatternMatch`.
    case limitExceeded
}

/// Where a pattern occurs.
package struct PatternOccurrence: Hashable, Sendable {
    /// The bytes that it takes.
    package let range: Range<Int>
    /// What its groups captured, the first group first; nil for one that took no part.
    package let captures: [Range<Int>?]
}
