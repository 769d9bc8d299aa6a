// SPDX-License-Identifier: Apache-2.0

/// Policies around a call, in the order in which they work together.
///
/// ```swift
/// let stock = Pipeline()
///     .deadline(.seconds(2))
///     .limited(by: limiter)
///     .inside(bulkhead)
///     .retried(by: retry)
///     .guarded(by: breaker)
///     .attemptTimeout(.milliseconds(500))
///
/// let answer = try await stock.run { try await client.get("/stock") }
/// ```
///
/// The order is always the same, whatever the order of the words: deadline, rate limit, bulkhead, retry, breaker, attempt timeout,
/// chaos, call. So the deadline covers everything, a retry holds one place of the bulkhead, the breaker sees every attempt, a
/// timeout counts as its failure, and injected faults are seen by all. A ``Fallback`` goes around the pipeline's `run`: what it
/// catches has then used up its retries.
public struct Pipeline: Sendable {
    private var deadlineDuration: Duration?
    private var limiter: RateLimiter?
    private var limiterWait = Duration.zero
    private var bulkhead: Bulkhead?
    private var retry: Retry?
    private var breaker: CircuitBreaker?
    private var timeout: Duration?
    private var timeoutMode = TimeoutMode.cooperative
    private var chaos: Chaos?
    private let time: TimeSource

    /// A pipeline without policies.
    ///
    /// - Parameter time: the monotonic time of deadline and timeout; default `ContinuousClock`.
    public init(time: TimeSource = TimeSource()) {
        self.time = time
    }

    /// With a deadline for the whole call, all attempts and waits included.
    public func deadline(_ duration: Duration) -> Pipeline {
        with { $0.deadlineDuration = duration }
    }

    /// With a rate limit.
    ///
    /// - Parameters:
    ///   - limiter: the limiter.
    ///   - maxWait: the longest wait for a permit; default none, which refuses at once.
    /// - Returns: the pipeline.
    public func limited(by limiter: RateLimiter, waitingUpTo maxWait: Duration = .zero) -> Pipeline {
        with {
            $0.limiter = limiter
            $0.limiterWait = maxWait
        }
    }

    /// With a place in a bulkhead, held through all attempts.
    public func inside(_ bulkhead: Bulkhead) -> Pipeline {
        with { $0.bulkhead = bulkhead }
    }

    /// With retries.
    public func retried(by retry: Retry) -> Pipeline {
        with { $0.retry = retry }
    }

    /// With a circuit breaker around every attempt.
    public func guarded(by breaker: CircuitBreaker) -> Pipeline {
        with { $0.breaker = breaker }
    }

    /// With a time limit for every attempt.
    ///
    /// - Parameters:
    ///   - limit: the longest an attempt may take.
    ///   - mode: what happens to one whose time is up; default ``TimeoutMode/cooperative``.
    /// - Returns: the pipeline.
    public func attemptTimeout(_ limit: Duration, mode: TimeoutMode = .cooperative) -> Pipeline {
        with {
            $0.timeout = limit
            $0.timeoutMode = mode
        }
    }

    /// With faults injected next to the call.
    public func disturbed(by chaos: Chaos) -> Pipeline {
        with { $0.chaos = chaos }
    }

    /// Calls `operation` through all policies.
    ///
    /// - Parameter operation: the call; it may be made several times.
    /// - Returns: what `operation` returns.
    /// - Throws: ``PipelineError``.
    nonisolated(nonsending) public func run<Value: Sendable, Failure: Error>(
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(PipelineError<Failure>) -> Value {
        guard let deadlineDuration else { return try await limit(operation) }
        return try await withDeadline(deadlineDuration, time: time) {
            () async throws(PipelineError<Failure>) -> Value in try await limit(operation)
        }
    }

    private nonisolated(nonsending) func limit<Value: Sendable, Failure: Error>(
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(PipelineError<Failure>) -> Value {
        if let limiter {
            do {
                try await limiter.acquire(within: limiterWait)
            } catch {
                throw .rateLimited(error)
            }
        }
        guard let bulkhead else { return try await attempts(operation) }
        do throws(BulkheadError<PipelineError<Failure>>) {
            return try await bulkhead.run {
                () async throws(PipelineError<Failure>) -> Value in try await attempts(operation)
            }
        } catch {
            switch error {
            case .rejected(let rejection): throw .bulkheadFull(rejection)
            case .operation(let error): throw error
            }
        }
    }

    private nonisolated(nonsending) func attempts<Value: Sendable, Failure: Error>(
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(PipelineError<Failure>) -> Value {
        if let retry {
            do throws(RetryError<AttemptError<Failure>>) {
                return try await retry.run(through: breaker) {
                    (_: Int) async throws(AttemptError<Failure>) -> Value in try await attempt(operation)
                }
            } catch {
                throw .failed(attempts: error.attempts, error.reason, last: error.lastError)
            }
        }
        guard let breaker else {
            do throws(AttemptError<Failure>) {
                return try await attempt(operation)
            } catch {
                throw .failed(attempts: 1, .notRetryable, last: error)
            }
        }
        do throws(CircuitBreakerError<AttemptError<Failure>>) {
            return try await breaker.run {
                () async throws(AttemptError<Failure>) -> Value in try await attempt(operation)
            }
        } catch {
            switch error {
            case .open(_, let rejection): throw .failed(attempts: 0, .circuitOpen(rejection), last: nil)
            case .operation(let error): throw .failed(attempts: 1, .notRetryable, last: error)
            }
        }
    }

    private nonisolated(nonsending) func attempt<Value: Sendable, Failure: Error>(
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(AttemptError<Failure>) -> Value {
        guard let timeout else { return try await disturb(chaos, operation) }
        let chaos = chaos
        do throws(TimeoutError<AttemptError<Failure>>) {
            return try await withTimeout(timeout, mode: timeoutMode, time: time) {
                () async throws(AttemptError<Failure>) -> Value in try await disturb(chaos, operation)
            }
        } catch {
            switch error {
            case .timedOut(let limit): throw .timedOut(after: limit)
            case .cancelled: throw .cancelled
            case .operation(let error): throw error
            }
        }
    }

    private func with(_ change: (inout Pipeline) -> Void) -> Pipeline {
        var copy = self
        change(&copy)
        return copy
    }
}

private nonisolated(nonsending) func disturb<Value: Sendable, Failure: Error>(
    _ chaos: Chaos?,
    _ operation: @Sendable () async throws(Failure) -> Value
) async throws(AttemptError<Failure>) -> Value {
    if let chaos {
        do {
            try await chaos.inject()
        } catch {
            throw .injected(error)
        }
    }
    do {
        return try await operation()
    } catch {
        throw .operation(error)
    }
}
