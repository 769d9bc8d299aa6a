// SPDX-License-Identifier: Apache-2.0

/// The limits that a breaker compares its counts with; nil where a rule is off.
public struct CircuitBreakerThresholds: Sendable, Hashable {
    /// Consecutive failures that open.
    public let consecutiveFailures: Int?
    /// The failure rate that opens.
    public let failureRate: Double?
    /// The calls a window must hold before its rates count.
    public let minimumCalls: Int
    /// A call that takes longer is slow.
    public let slowCallDuration: Duration?
    /// The share of slow calls that opens.
    public let slowCallRate: Double?
    /// The failures among the last few calls that open.
    public let slidingFailures: SlidingFailures?

    init(_ configuration: CircuitBreakerConfiguration) {
        consecutiveFailures = configuration.failureThreshold > 0 ? configuration.failureThreshold : nil
        failureRate = configuration.failureRateThreshold
        minimumCalls = configuration.effectiveMinimumCalls
        slowCallDuration = configuration.slowCallDuration
        slowCallRate = configuration.slowCallRateThreshold
        slidingFailures = configuration.slidingFailures
    }
}
