// SPDX-License-Identifier: Apache-2.0

public import CoreMetrics
public import Resilience

/// Reports what the policies do to swift-metrics, and so to whatever backend the program has chosen.
///
/// ```swift
/// let metrics = MetricsObserver()                    // after MetricsSystem.bootstrap(_:)
/// let breakers = CircuitBreakerManager(observer: metrics)
/// let bulkhead = Bulkhead(name: "reports", observer: metrics)
/// ```
///
/// Every series has the label `name`, the name of the policy.
///
/// | series | kind | counts or shows |
/// |---|---|---|
/// | `circuit_breaker_state` | gauge | 0 calls pass (closed, disabled, metrics-only), 1 rejected (open, forced open), 2 half-open |
/// | `circuit_breaker_requests_total` | counter | calls that have ended in whatever way, and rejected ones |
/// | `circuit_breaker_requests_successful`, `…_failed`, `…_rejected` | counter | of these; ignored and cancelled calls are the rest |
/// | `circuit_breaker_state_transitions` | counter | transitions, with labels `from` and `to` such as `half-open` |
/// | `circuit_breaker_request_duration_seconds` | timer | calls that succeeded or failed |
/// | `bulkhead_active_requests`, `bulkhead_queued_requests` | gauge | calls that run, and that wait |
/// | `bulkhead_requests_total` | counter | calls that got a place or were turned away |
/// | `bulkhead_requests_rejected`, `bulkhead_requests_timeout` | counter | of these: queue full, waited in vain |
/// | `bulkhead_queue_duration_seconds` | timer | the wait of calls that got a place, also of zero |
/// | `retry_calls_total` | counter | ended calls, with the label `outcome`: `success`, `exhausted`, `not_retryable`, … |
/// | `retry_retries_total`, `retry_wait_duration_seconds` | counter, timer | attempts after the first, and the wait before |
/// | `rate_limiter_requests_total`, `…_rejected` | counter | calls that were allowed, refused or called off; refused ones |
/// | `rate_limiter_wait_duration_seconds` | timer | the wait of allowed calls |
/// | `connection_pool_open_connections`, `…_leased_connections` | gauge | connections |
/// | `connection_pool_acquires_total`, `…_acquires_failed` | counter | leases and refusals; refusals |
/// | `connection_pool_connections_failed` | counter | connections that could not be made |
/// | `connection_pool_acquire_duration_seconds` | timer | the wait for a lease |
/// | `fallback_answers_total` | counter | with the label `source`: `operation`, `call`, `cache`, `value`, `none` |
/// | `chaos_faults_total` | counter | with the label `fault`: `delay`, `failure` |
///
/// An operator's states share the numbers of the automatic ones, so that an alert on 1 means that calls are rejected, whoever decided
/// it; the transitions tell them apart. Timers record nanoseconds and ask the backend to show seconds. The state of an idle breaker
/// whose wait is over changes when somebody next looks at it; a scrape that reads `manager.snapshots()` first is exact.
///
/// **Cardinality.** The series of a name are made when it first turns up and kept. Each kind of policy has series for at most `capacity`
/// names; further names share the name `other`, which has no state. The series of a breaker vanish when its manager forgets it,
/// those of other policies with ``forget(_:)``. After the first fact of a name, the observer allocates nothing.
///
/// It does not export anything: the program bootstraps a backend.
public final class MetricsObserver: ResilienceObserver {
    /// The name that those share for whom there is no place.
    public static let overflowName = "other"

    private let breakers: SeriesCache<BreakerSeries>
    private let bulkheads: SeriesCache<BulkheadSeries>
    private let retries: SeriesCache<RetrySeries>
    private let rateLimiters: SeriesCache<RateLimiterSeries>
    private let connectionPools: SeriesCache<ConnectionPoolSeries>
    private let fallbacks: SeriesCache<FallbackSeries>
    private let chaos: SeriesCache<ChaosSeries>

    /// Makes an observer.
    ///
    /// - Parameters:
    ///   - factory: the metrics backend; default the one that the program was bootstrapped with, or that of the task.
    ///   - capacity: the most names of each kind of policy with series of their own, at least 1; default 1,000. It should exceed the
    ///     capacity of the manager it observes, because a breaker begins before the one that makes room for it is forgotten.
    public init(factory: any MetricsFactory = MetricsSystem.factory, capacity: Int = 1_000) {
        precondition(capacity >= 1, "a capacity of \(capacity) names is not at least 1")
        let overflow = Self.overflowName
        breakers = SeriesCache(factory: factory, capacity: capacity, overflowName: overflow)
        bulkheads = SeriesCache(factory: factory, capacity: capacity, overflowName: overflow)
        retries = SeriesCache(factory: factory, capacity: capacity, overflowName: overflow)
        rateLimiters = SeriesCache(factory: factory, capacity: capacity, overflowName: overflow)
        connectionPools = SeriesCache(factory: factory, capacity: capacity, overflowName: overflow)
        fallbacks = SeriesCache(factory: factory, capacity: capacity, overflowName: overflow)
        chaos = SeriesCache(factory: factory, capacity: capacity, overflowName: overflow)
    }

    /// Destroys all series of `name`, whatever policies have it, and frees its place.
    ///
    /// For a policy that is gone. One that goes on gets new series, whose gauges begin at zero.
    ///
    /// - Parameter name: the name of the policy.
    public func forget(_ name: String) {
        breakers.forget(name)
        bulkheads.forget(name)
        retries.forget(name)
        rateLimiters.forget(name)
        connectionPools.forget(name)
        fallbacks.forget(name)
        chaos.forget(name)
    }
}

extension MetricsObserver {
    /// Makes the series of a new breaker and shows its state; one whose name has series already changes nothing.
    public func circuitBreaker(_ name: String, didBeginAs state: CircuitBreakerState) {
        guard !breakers.hasSeries(for: name) else { return }
        breakers.series(for: name).begin(as: state)
    }

    /// Counts the call and records its duration.
    public func circuitBreaker(_ name: String, didEndCall end: CallEnd, after duration: Duration) {
        breakers.series(for: name).end(end, after: duration)
    }

    /// Counts the rejection.
    public func circuitBreaker(_ name: String, didReject rejection: CircuitBreaker.Rejection) {
        breakers.series(for: name).reject()
    }

    /// Counts the transition and shows the new state.
    public func circuitBreakerDidChange(_ event: CircuitBreakerEvent) {
        breakers.series(for: event.name).change(event)
    }

    /// Destroys the series of the breaker.
    public func circuitBreakerWasForgotten(_ name: String) {
        breakers.forget(name)
    }

    /// Counts a waiting call.
    public func bulkheadDidQueue(_ name: String) {
        bulkheads.series(for: name).queue()
    }

    /// Counts a waiting call less.
    public func bulkheadDidUnqueue(_ name: String) {
        bulkheads.series(for: name).unqueue()
    }

    /// Counts a running call and records its wait.
    public func bulkhead(_ name: String, didAdmitAfter wait: Duration) {
        bulkheads.series(for: name).admit(after: wait)
    }

    /// Counts the rejection.
    public func bulkhead(_ name: String, didReject rejection: BulkheadRejection) {
        bulkheads.series(for: name).reject(rejection)
    }

    /// Counts a running call less.
    public func bulkheadDidRelease(_ name: String) {
        bulkheads.series(for: name).release()
    }

    /// Counts the retry and records the wait before it.
    public func retry(_ name: String, willRetryAfter wait: Duration) {
        retries.series(for: name).retry(after: wait)
    }

    /// Counts the call by its outcome.
    public func retry(_ name: String, didEndAfter attempts: Int, _ reason: RetryStopReason?) {
        retries.series(for: name).end(reason)
    }

    /// Counts the call and records its wait.
    public func rateLimiter(_ name: String, didAllowAfter wait: Duration) {
        rateLimiters.series(for: name).allow(after: wait)
    }

    /// Counts the rejection.
    public func rateLimiter(_ name: String, didReject rejection: RateLimitRejection) {
        rateLimiters.series(for: name).reject(rejection)
    }

    /// Counts the lease and records its wait.
    public func connectionPool(_ name: String, didLeaseAfter wait: Duration) {
        connectionPools.series(for: name).lease(after: wait)
    }

    /// Counts the refusal.
    public func connectionPool(_ name: String, didRefuse error: ConnectionPoolError) {
        connectionPools.series(for: name).refuse()
    }

    /// Counts a leased connection less.
    public func connectionPoolDidTakeBack(_ name: String) {
        connectionPools.series(for: name).takeBack()
    }

    /// Counts a connection.
    public func connectionPoolDidOpen(_ name: String) {
        connectionPools.series(for: name).didOpen()
    }

    /// Counts the failure.
    public func connectionPool(_ name: String, didFailToOpen cause: FailureCause) {
        connectionPools.series(for: name).didFailToOpen()
    }

    /// Counts a connection less.
    public func connectionPoolDidClose(_ name: String) {
        connectionPools.series(for: name).didClose()
    }

    /// Counts the answer by its source.
    public func fallback(_ name: String, didAnswerFrom source: FallbackSource) {
        fallbacks.series(for: name).answer(from: source)
    }

    /// Counts a call without an answer.
    public func fallbackDidFail(_ name: String) {
        fallbacks.series(for: name).answer(from: nil)
    }

    /// Counts the fault.
    public func chaos(_ name: String, didInject fault: InjectedFault) {
        chaos.series(for: name).inject(fault)
    }
}
