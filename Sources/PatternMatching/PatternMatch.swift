// SPDX-License-Identifier: Apache-2.0

/// What a search for a pattern ended with.
package enum PatternMatch: Hashable, Sendable {
    /// The pattern occurs.
    case matched
    /// The pattern occurs nowhere.
    case notMatched
    /// The search was given up because it took too many steps or too much memory; whether the pattern occurs is unknown.
    ///
    /// It says something about the pattern and the bytes together, so a probe reports it as its own trouble, never as a
    /// mismatch.
    case limitExceeded
}
