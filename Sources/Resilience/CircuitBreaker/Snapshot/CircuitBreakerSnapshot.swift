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
    /// Grows with every transition, and whenever else the permits that are out become stale: a reset while closed, a new shape of
    /// the windows.
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
