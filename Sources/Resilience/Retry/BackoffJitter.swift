// SPDX-License-Identifier: Apache-2.0

/// How the wait grows from attempt to attempt.
public enum BackoffGrowth: String, Sendable, Hashable, CaseIterable {
    /// `initialBackoff · n` after the n-th attempt.
    case linear
    /// `initialBackoff · multiplier^(n-1)` after the n-th attempt.
    case exponential
}

/// How a wait is spread at random, so that callers that failed together do not come back together.
public enum BackoffJitter: Sendable, Hashable {
    /// Not at all.
    case none
    /// By this share of the wait, 0 to 1, longer or shorter.
    case proportional(Double)
    /// Anything from zero to the wait.
    case full
    /// Anything from half the wait to the wait.
    case equal
    /// Anything from the initial backoff to three times the previous wait; growth plays no part.
    ///
    /// The source of this and of ``full`` and ``equal`` is "Exponential Backoff And Jitter" of the AWS Architecture Blog.
    case decorrelated
}
