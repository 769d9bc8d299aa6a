// SPDX-License-Identifier: Apache-2.0

/// Is told what the policies do, for metrics and traces: one method per fact, each with an empty default.
///
/// Methods are called outside every lock, on the thread of the call, so they must be quick and must not block. A policy without an
/// observer does nothing for one, and reads no clock. Facts of one call arrive in order; those of calls at the same time in any order,
/// so count what comes and goes instead of keeping the last value. Only the transitions of a breaker are in order as a whole.
///
/// Totals and states need no observer: they are in `snapshot` and `statistics`.
public protocol ResilienceObserver: Sendable {
    // MARK: Circuit breaker

    /// A breaker was made and begins in this state; told again when another one of the same name is made.
    func circuitBreaker(_ name: String, didBeginAs state: CircuitBreakerState)

    /// A call through a breaker has ended, so long after it was admitted; not told of a call that was admitted while disabled.
    func circuitBreaker(_ name: String, didEndCall end: CallEnd, after duration: Duration)

    /// A breaker has rejected a call.
    func circuitBreaker(_ name: String, didReject rejection: CircuitBreaker.Rejection)

    /// A breaker has changed its state; told once for each transition, in order.
    func circuitBreakerDidChange(_ event: CircuitBreakerEvent)

    /// A manager has forgotten the breaker of this name: it was removed, or made room for another one.
    func circuitBreakerWasForgotten(_ name: String)

    // MARK: Bulkhead

    /// A call has begun to wait for a place in a bulkhead.
    func bulkheadDidQueue(_ name: String)

    /// A call has stopped waiting for a place, whether it got one or not; told before its admission or rejection.
    func bulkheadDidUnqueue(_ name: String)

    /// A bulkhead has given a call a place, after it had waited so long; zero for a call that did not wait.
    func bulkhead(_ name: String, didAdmitAfter wait: Duration)

    /// A bulkhead has turned a call away.
    func bulkhead(_ name: String, didReject rejection: BulkheadRejection)

    /// A call has given its place back.
    func bulkheadDidRelease(_ name: String)

    // MARK: Retry

    /// An attempt has failed and there will be another one after this wait.
    func retry(_ name: String, willRetryAfter wait: Duration)

    /// A retried call has ended after so many attempts: with a value, or for this reason without one.
    func retry(_ name: String, didEndAfter attempts: Int, _ reason: RetryStopReason?)

    // MARK: Rate limiter

    /// A rate limiter has let a call go ahead, after it had waited so long.
    func rateLimiter(_ name: String, didAllowAfter wait: Duration)

    /// A rate limiter has turned a call away.
    func rateLimiter(_ name: String, didReject rejection: RateLimitRejection)

    // MARK: Connection pool

    /// A pool has lent a connection, after so long a wait.
    func connectionPool(_ name: String, didLeaseAfter wait: Duration)

    /// A pool has lent nothing.
    func connectionPool(_ name: String, didRefuse error: ConnectionPoolError)

    /// A connection has come back from a caller, in whatever condition.
    func connectionPoolDidTakeBack(_ name: String)

    /// A pool has made a connection.
    func connectionPoolDidOpen(_ name: String)

    /// A pool could not make a connection.
    func connectionPool(_ name: String, didFailToOpen cause: FailureCause)

    /// A pool has closed a connection.
    func connectionPoolDidClose(_ name: String)

    // MARK: Fallback

    /// A fallback has an answer from this source.
    func fallback(_ name: String, didAnswerFrom source: FallbackSource)

    /// The call has failed, and no step of the fallback had an answer or was allowed to.
    func fallbackDidFail(_ name: String)

    // MARK: Chaos

    /// A fault was injected.
    func chaos(_ name: String, didInject fault: InjectedFault)
}

/// How a call through a breaker ended.
public enum CallEnd: String, Sendable, Hashable, CaseIterable {
    /// It succeeded.
    case success
    /// It failed.
    case failure
    /// It said nothing about the dependency.
    case ignored
    /// It was cancelled.
    case cancelled
}

/// What was injected into a call on purpose.
public enum InjectedFault: Sendable, Hashable {
    /// The call was delayed by so much.
    case delay(Duration)
    /// The call was not made, and an error thrown instead.
    case failure
}
