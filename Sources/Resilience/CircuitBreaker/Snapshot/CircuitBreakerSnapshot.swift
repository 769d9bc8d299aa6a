// SPDX-License-Identifier: Apache-2.0

/// Everything about a breaker at one instant, enough to explain its state without asking it again.
///
/// Instants are times since the origin of the breaker's ``TimeSource``.
public struct CircuitBreakerSnapshot: Sendable, Hashable {
    /// The name of the breaker.
    public let name: String
    /// The state by the clock at ``observedAt``.
    public let state: CircuitBreakerState
    /// When this snapshot was taken.
    public let observedAt: Duration
    /// When the state was entered.
    public let since: Duration
    /// Grows by one with every transition.
    public let generation: UInt64
    /// The outcomes in the window of the rates; empty while open or half-open.
    public let counts: OutcomeCounts
    /// Failures in a row, while closed or in metrics-only.
    public let consecutiveFailures: Int
    /// Failures among the last calls of `slidingFailures`; nil where the rule is off.
    public let slidingFailures: Int?
    /// What the counts are compared with.
    public let thresholds: CircuitBreakerThresholds
    /// The last failure, whenever it was; nil after a reset.
    public let lastFailure: FailureCause?
    /// When the last failure was recorded.
    public let lastFailureAt: Duration?
    /// Why the breaker opened, while it is open or half-open.
    public let trip: TripReason?
    /// The failure that opened it, while it is open or half-open.
    public let tripCause: FailureCause?
    /// Openings since it was last closed.
    public let openings: Int
    /// When it lets calls through again, while open.
    public let halfOpensAt: Duration?
    /// How far the round is, while half-open.
    public let halfOpen: HalfOpenProgress?
    /// Who put it into its state and why, in an operator state.
    public let operatorRequest: OperatorRequest?
    /// Permits that are out.
    public let inFlight: Int
    /// Rejections since the state was entered.
    public let rejectedInState: Int
    /// Counters since the breaker was made.
    public let totals: CircuitBreakerTotals

    /// How long the breaker has been in its state.
    public var timeInState: Duration { observedAt - since }

    /// How long it stays open, while open.
    public var remainingOpenTime: Duration? { halfOpensAt.map { $0 - observedAt } }

    /// How long the operator's request still holds; nil without a request or without an end.
    public var remainingOperatorTime: Duration? { operatorRequest?.until.map { $0 - observedAt } }

    /// The share of failed calls in the window; nil below `minimumCalls`.
    public var failureRate: Double? {
        counts.calls >= thresholds.minimumCalls ? counts.failureRate : nil
    }

    /// The share of slow calls in the window; nil below `minimumCalls` and where slowness is not measured.
    public var slowCallRate: Double? {
        guard thresholds.slowCallDuration != nil, counts.calls >= thresholds.minimumCalls else { return nil }
        return counts.slowCallRate
    }
}

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
