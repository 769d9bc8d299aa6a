// SPDX-License-Identifier: Apache-2.0

/// How the open time grows while a breaker keeps reopening.
///
/// The n-th opening in a row lasts `openDuration · multiplier^(n-1)`, at most `maximum`, spread by the jitter. Closing starts
/// again at `openDuration`.
public struct OpenBackoff: Sendable, Hashable {
    /// The factor from one opening to the next, at least 1; default 2.
    public var multiplier: Double
    /// The longest open time, jitter included; at least `openDuration`; default 5 minutes.
    public var maximum: Duration
    /// The share by which a wait is lengthened or shortened at random, in 0 ..< 1; default 0.1.
    public var jitter: Double

    /// Makes a backoff; every parameter has the default that its property documents.
    public init(multiplier: Double = 2, maximum: Duration = .seconds(300), jitter: Double = 0.1) {
        self.multiplier = multiplier
        self.maximum = maximum
        self.jitter = jitter
    }
}
