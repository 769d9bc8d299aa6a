// SPDX-License-Identifier: Apache-2.0

/// What the rates of a breaker look back on.
public enum OutcomeWindowShape: Sendable, Hashable {
    /// The outcomes of the last `duration`, counted in `buckets` slices.
    ///
    /// An outcome is forgotten with its slice: never later than `duration` after it, and at most one slice earlier.
    case time(_ duration: Duration, buckets: Int = 10)
    /// The last so many outcomes.
    case count(Int)
}
