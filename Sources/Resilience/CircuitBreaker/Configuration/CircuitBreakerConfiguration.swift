// SPDX-License-Identifier: Apache-2.0

/// When a breaker opens, how long it stays open, and how it closes again.
///
/// ```swift
/// var configuration = CircuitBreakerConfiguration(failureThreshold: 5, openDuration: .seconds(60))
/// configuration.slowCallDuration = .seconds(2)
/// configuration.slowCallRateThreshold = 0.5
/// try configuration.validate()
/// ```
///
/// Every rule that is switched on can open the breaker by itself; they are checked on every outcome, also on successes, in the
/// order consecutive failures, ``slidingFailures``, failure rate, slow-call rate. All rates are fractions and open at ≥.
public struct CircuitBreakerConfiguration: Sendable {
    /// Whether the breaker works at all; without it every call passes and nothing is counted; default true.
    public var isEnabled: Bool
    /// Consecutive failures that open; 0 switches the rule off; default 5.
    public var failureThreshold: Int
    /// The share of failed calls in the window that opens, in (0, 1]; nil switches the rule off; default 0.5.
    public var failureRateThreshold: Double?
    /// The calls a window must hold before its rates count, at least 1; clamped to the size of a count window; default
    /// 10.
    public var minimumCalls: Int
    /// What the rates look back on; default the last 10 seconds.
    public var window: OutcomeWindowShape
    /// A call that takes longer than this is slow, whether it fails or not; nil measures nothing; default nil.
    public var slowCallDuration: Duration?
    /// The share of slow calls in the window that opens, in (0, 1]; nil only counts them; default nil.
    public var slowCallRateThreshold: Double?
    /// Successes in a half-open round that close, in 1 to ``halfOpenMaxCalls``; used in ``HalfOpenVerdict/count``;
    /// default 2.
    public var successThreshold: Int
    /// How a half-open round is judged; default ``HalfOpenVerdict/count``.
    public var halfOpenVerdict: HalfOpenVerdict
    /// Calls whose results count in one half-open round, in 1 to 1,000,000; default 3.
    public var halfOpenMaxCalls: Int
    /// Calls in flight at the same time while half-open, at least 1; nil means ``halfOpenMaxCalls``; default nil.
    public var halfOpenMaxConcurrent: Int?
    /// The longest a half-open round may last without a verdict; nil means no limit; default nil.
    ///
    /// Set it above the time limit of a call, and a call that hangs for ever cannot hold the round. Permits of the round that
    /// are still out become stale when it ends.
    public var halfOpenMaxWait: Duration?
    /// Where a round that outlasts ``halfOpenMaxWait`` leads; default ``HalfOpenExpiry/open``.
    public var halfOpenExpiry: HalfOpenExpiry
    /// How long the breaker stays open before it lets calls through again; more than zero; default 60 seconds.
    public var openDuration: Duration
    /// How ``openDuration`` grows while the breaker keeps reopening; nil keeps it constant; default nil.
    public var backoff: OpenBackoff?
    /// Opens at so many failures among the last few calls; nil switches the rule off; default nil.
    public var slidingFailures: SlidingFailures?
    /// Decides what a result or an error counts as; nil takes every error for a failure; default nil.
    ///
    /// It is called outside every lock by `run`, with the value or the error of the operation; errors of other policies
    /// are looked through. A cancelled call is not shown to it. A value is boxed for the call, which may allocate.
    public var classify: (@Sendable (Result<Any, any Error>) -> CallVerdict)?

    /// Makes a configuration; every parameter has the default that its property documents.
    public init(
        isEnabled: Bool = true,
        failureThreshold: Int = 5,
        failureRateThreshold: Double? = 0.5,
        minimumCalls: Int = 10,
        window: OutcomeWindowShape = .time(.seconds(10)),
        slowCallDuration: Duration? = nil,
        slowCallRateThreshold: Double? = nil,
        successThreshold: Int = 2,
        halfOpenVerdict: HalfOpenVerdict = .count,
        halfOpenMaxCalls: Int = 3,
        halfOpenMaxConcurrent: Int? = nil,
        halfOpenMaxWait: Duration? = nil,
        halfOpenExpiry: HalfOpenExpiry = .open,
        openDuration: Duration = .seconds(60),
        backoff: OpenBackoff? = nil,
        slidingFailures: SlidingFailures? = nil,
        classify: (@Sendable (Result<Any, any Error>) -> CallVerdict)? = nil
    ) {
        self.isEnabled = isEnabled
        self.failureThreshold = failureThreshold
        self.failureRateThreshold = failureRateThreshold
        self.minimumCalls = minimumCalls
        self.window = window
        self.slowCallDuration = slowCallDuration
        self.slowCallRateThreshold = slowCallRateThreshold
        self.successThreshold = successThreshold
        self.halfOpenVerdict = halfOpenVerdict
        self.halfOpenMaxCalls = halfOpenMaxCalls
        self.halfOpenMaxConcurrent = halfOpenMaxConcurrent
        self.halfOpenMaxWait = halfOpenMaxWait
        self.halfOpenExpiry = halfOpenExpiry
        self.openDuration = openDuration
        self.backoff = backoff
        self.slidingFailures = slidingFailures
        self.classify = classify
    }

    /// ``minimumCalls`` clamped to the size of a count window.
    public var effectiveMinimumCalls: Int {
        guard case .count(let size) = window else { return minimumCalls }
        return min(minimumCalls, size)
    }
}
