// SPDX-License-Identifier: Apache-2.0

/// How far a half-open round is.
public struct HalfOpenProgress: Sendable, Hashable {
    /// How the round is judged.
    public let verdict: HalfOpenVerdict
    /// The calls that have ended with a success or a failure.
    public let settled: OutcomeCounts
    /// The calls that are under way.
    public let inFlight: Int
    /// The calls whose results count in the round.
    public let maximumCalls: Int
    /// The successes that close, in a verdict by count; otherwise nil.
    public let successThreshold: Int?
    /// Whether another call would be admitted now.
    public let hasRoom: Bool
    /// When the round ends without a verdict; nil where it may last for ever.
    public let expiresAt: Duration?
}
