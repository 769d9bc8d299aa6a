// SPDX-License-Identifier: Apache-2.0

/// Repeats a call that fails in a way that may pass.
///
/// ```swift
/// let retry = Retry(.init(maxAttempts: 4), budget: RetryBudget())
/// let answer = try await retry.run(through: breaker) { attempt in try await client.get("/stock") }
/// ```
///
/// After a failed attempt it asks, in this order: Has the task been cancelled? Is the error worth another attempt? Is one left?
/// Does the wait fit into the deadline? Will the breaker still be open after it? Does the budget allow it? Then it waits, and calls
/// through the breaker. A wait that the other side asked for is honoured when it fits and ends the retries at once when it does not.
///
/// It is not for operations that must happen at most once: only what may be repeated belongs in it.
public struct Retry: Sendable {
    /// The name that an observer is told.
    public let name: String
    /// The configuration.
    public let configuration: RetryConfiguration
    private let budget: RetryBudget?
    private let time: TimeSource
    private let random: RandomSource
    private let observer: (any ResilienceObserver)?

    /// Makes a retry policy; one can serve any number of tasks.
    ///
    /// - Parameters:
    ///   - configuration: must be valid; check one from outside with ``RetryConfiguration/validate()`` first.
    ///   - name: the name that an observer is told; default `retry`.
    ///   - budget: shared by everything that calls the same dependency; default none.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - randomSeed: the seed of the jitter; nil takes one from the system.
    ///   - observer: told of every retry and of how calls end; default none.
    public init(
        _ configuration: RetryConfiguration = .init(),
        name: String = "retry",
        budget: RetryBudget? = nil,
        time: TimeSource = TimeSource(),
        randomSeed: UInt64? = nil,
        observer: (any ResilienceObserver)? = nil
    ) {
        let problems = configuration.problems
        precondition(problems.isEmpty, "retry: \(InvalidConfiguration(problems: problems))")
        self.name = name
        self.configuration = configuration
        self.budget = budget
        self.time = time
        random = RandomSource(seed: randomSeed)
        self.observer = observer
    }

    /// Calls `operation` until it succeeds or another attempt makes no sense.
    ///
    /// - Parameters:
    ///   - breaker: asked before every attempt and told of every result; default none.
    ///   - operation: what to call; it is given the number of the attempt, from 1.
    /// - Returns: what `operation` returns.
    /// - Throws: ``RetryError`` with the attempts, the last error and the reason.
    nonisolated(nonsending) public func run<Value, Failure: Error>(
        through breaker: CircuitBreaker? = nil,
        _ operation: nonisolated(nonsending) (_ attempt: Int) async throws(Failure) -> Value
    ) async throws(RetryError<Failure>) -> Value {
        var attempts = 0
        do throws(RetryError<Failure>) {
            let value = try await run(through: breaker, operation, &attempts)
            observer?.retry(name, didEndAfter: attempts, nil)
            return value
        } catch {
            observer?.retry(name, didEndAfter: error.attempts, error.reason)
            throw error
        }
    }

    private nonisolated(nonsending) func run<Value, Failure: Error>(
        through breaker: CircuitBreaker?,
        _ operation: nonisolated(nonsending) (_ attempt: Int) async throws(Failure) -> Value,
        _ attempt: inout Int
    ) async throws(RetryError<Failure>) -> Value {
        var backoff = RetryBackoff(configuration)
        var lastError: Failure?
        while true {
            // Asked again after a wait, since nobody is woken on time for certain.
            if Deadline.current?.hasPassed == true {
                throw RetryError(attempts: attempt, lastError: lastError, reason: .deadline(wait: .zero))
            }
            attempt += 1
            let ending = await call(attempt, breaker) { (attempt) async throws(Failure) -> Value in
                // Here the call has been admitted: one that the breaker rejects earns nothing.
                if attempt == 1 { budget?.deposit() }
                return try await operation(attempt)
            }
            switch ending {
            case .value(let value):
                return value
            case .rejected(let rejection):
                throw RetryError(attempts: attempt - 1, lastError: lastError, reason: .circuitOpen(rejection))
            case .failed(let error):
                lastError = error
                switch nextWait(after: attempt, error, &backoff, breaker) {
                case .failure(let stop):
                    throw RetryError(attempts: attempt, lastError: error, reason: stop.reason)
                case .success(let wait):
                    observer?.retry(name, willRetryAfter: wait)
                    guard await sleep(wait) else {
                        throw RetryError(attempts: attempt, lastError: error, reason: .cancelled)
                    }
                }
            }
        }
    }

    private nonisolated(nonsending) func call<Value, Failure: Error>(
        _ attempt: Int,
        _ breaker: CircuitBreaker?,
        _ operation: nonisolated(nonsending) (Int) async throws(Failure) -> Value
    ) async -> Attempt<Value, Failure> {
        guard let breaker else {
            do throws(Failure) {
                return .value(try await operation(attempt))
            } catch {
                return .failed(error)
            }
        }
        do throws(CircuitBreakerError<Failure>) {
            return .value(try await breaker.run { () async throws(Failure) in try await operation(attempt) })
        } catch {
            switch error {
            case .open(_, let rejection): return .rejected(rejection)
            case .operation(let error): return .failed(error)
            }
        }
    }

    /// The wait before the next attempt, or why there is none.
    private func nextWait(
        after attempt: Int,
        _ error: any Error,
        _ backoff: inout RetryBackoff,
        _ breaker: CircuitBreaker?
    ) -> Result<Duration, Stop> {
        if Task.isCancelled { return .failure(Stop(reason: .cancelled)) }
        let decision = configuration.classify(error.innermost)
        if decision == .stop { return .failure(Stop(reason: .notRetryable)) }
        guard attempt < configuration.maxAttempts else { return .failure(Stop(reason: .exhausted)) }
        var wait = backoff.wait(after: attempt, unit: random.unit())
        if case .retryAfter(let asked) = decision { wait = max(asked, .zero) }
        if let remaining = Deadline.current?.remaining, wait >= remaining {
            return .failure(Stop(reason: .deadline(wait: wait)))
        }
        if let rejection = breaker?.rejection(in: wait) {
            return .failure(Stop(reason: .circuitOpen(rejection)))
        }
        guard budget?.withdraw() ?? true else { return .failure(Stop(reason: .budgetSpent)) }
        return .success(wait)
    }

    private nonisolated(nonsending) func sleep(_ wait: Duration) async -> Bool {
        guard wait > .zero else { return true }
        do throws(CancellationError) {
            try await time.sleep(until: time.now() + wait)
            return true
        } catch {
            return false
        }
    }

    private struct Stop: Error {
        let reason: RetryStopReason
    }
}

private enum Attempt<Value, Failure: Error> {
    case value(Value)
    case failed(Failure)
    case rejected(CircuitBreaker.Rejection)
}
