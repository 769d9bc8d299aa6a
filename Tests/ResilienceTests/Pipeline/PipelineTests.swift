// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Pipeline", .timeLimit(.minutes(1)))
struct PipelineTests {
    private let clock = ManualClock()
    private var time: TimeSource { clock.timeSource }

    private func dependency(_ steps: ScriptedDependency<Int>.Step...) -> ScriptedDependency<Int> {
        ScriptedDependency(clock: clock, steps)
    }

    private func immediateRetry(_ attempts: Int = 3) -> Retry {
        Retry(.init(maxAttempts: attempts, initialBackoff: .zero, jitter: .none), time: time)
    }

    /// The error of a call that must fail.
    private func failure(_ pipeline: Pipeline, _ dependency: ScriptedDependency<Int>) async -> PipelineError<any Error>?
    {
        do {
            let value = try await pipeline.run { () async throws in try await dependency.call() }
            Issue.record("returned \(value)")
            return nil
        } catch {
            return error
        }
    }

    @Test("a pipeline without policies is the call")
    func empty() async throws {
        #expect(try await Pipeline(time: time).run { 7 } == 7)
        let error = await failure(Pipeline(time: time), dependency(.fail("no")))
        #expect(error?.operationError as? ScriptedFailure == ScriptedFailure("no"))
    }

    @Test("all policies together let a good call through and give everything back")
    func everything() async throws {
        let bulkhead = Bulkhead(.init(maxConcurrent: 1, maxQueue: 0), time: time)
        let breaker = CircuitBreaker(name: "stock", clock: clock)
        let pipeline = Pipeline(time: time)
            .deadline(.seconds(2))
            .limited(by: RateLimiter(.perSecond(10), time: time))
            .inside(bulkhead)
            .retried(by: immediateRetry())
            .guarded(by: breaker)
            .attemptTimeout(.milliseconds(500))
            .disturbed(by: Chaos(time: time))
        let dependency = dependency(.fail("no"), .succeed(7))
        #expect(try await pipeline.run { () async throws in try await dependency.call() } == 7)
        #expect(dependency.callCount == 2)
        #expect(bulkhead.statistics.active == 0)
        #expect(breaker.snapshot.totals.succeeded == 1)
        #expect(breaker.snapshot.totals.failed == 1)
        #expect(breaker.snapshot.inFlight == 0)
        #expect(clock.sleeperCount == 0)
    }

    @Test("the words may come in any order: the breaker sees every attempt, not the retried call")
    func order() async {
        let breaker = CircuitBreaker(name: "stock", configuration: .consecutive(10), clock: clock)
        let pipeline = Pipeline(time: time).guarded(by: breaker).retried(by: immediateRetry())
        let error = await failure(pipeline, dependency(.fail("no")))
        #expect(breaker.snapshot.totals.failed == 3)
        guard case .failed(3, .exhausted, .operation) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.resilienceError == .maxRetriesExceeded(attempts: 3))
    }

    @Test("a timeout of an attempt is a failure for the breaker, and is retried (T13)")
    func attemptTimeout() async throws {
        let breaker = CircuitBreaker(name: "stock", clock: clock)
        let pipeline = Pipeline(time: time)
            .retried(by: immediateRetry())
            .guarded(by: breaker)
            .attemptTimeout(.milliseconds(500))
        let dependency = dependency(.hang, .succeed(7))
        let task = Task { try await pipeline.run { () async throws in try await dependency.call() } }
        await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(500))
        #expect(try await task.value == 7)
        #expect(breaker.snapshot.totals.failed == 1)
        #expect(breaker.snapshot.lastFailure?.description == "timed out after 500 ms")
    }

    @Test("the deadline covers all attempts")
    func deadline() async {
        let retry = Retry(.init(maxAttempts: 10, initialBackoff: .seconds(3), jitter: .none), time: time)
        let pipeline = Pipeline(time: time).deadline(.seconds(2)).retried(by: retry)
        let error = await failure(pipeline, dependency(.fail("no")))
        guard case .failed(1, .deadline(let wait), .operation) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(wait == .seconds(3))
    }

    @Test("an open breaker, a full bulkhead and a spent limit refuse without calling")
    func refused() async throws {
        let dependency = dependency(.succeed(1))
        let breaker = CircuitBreaker(name: "stock", clock: clock)
        breaker.trip(reason: "test")
        #expect(
            await failure(Pipeline(time: time).guarded(by: breaker), dependency)?.resilienceError
                == .circuitOpen(retryAfter: .seconds(60))
        )
        let bulkhead = Bulkhead(.init(maxConcurrent: 1, maxQueue: 0), time: time)
        let held = try bulkhead.tryAcquire()
        #expect(await failure(Pipeline(time: time).inside(bulkhead), dependency)?.resilienceError == .bulkheadFull)
        held.release()
        let limiter = RateLimiter(.perSecond(1), time: time)
        _ = limiter.tryAcquire()
        #expect(
            await failure(Pipeline(time: time).limited(by: limiter), dependency)?.resilienceError
                == .rateLimitExceeded(retryAfter: .seconds(1))
        )
        #expect(dependency.callCount == 0)
    }

    @Test("injected faults are seen by the breaker")
    func chaos() async {
        let breaker = CircuitBreaker(name: "stock", configuration: .consecutive(1), clock: clock)
        let chaos = Chaos(time: time, seed: 1)
        chaos.start(.init(failureRate: 1), for: .seconds(60))
        let error = await failure(
            Pipeline(time: time).guarded(by: breaker).disturbed(by: chaos),
            dependency(.succeed(1))
        )
        #expect(breaker.state == .open)
        #expect(breaker.snapshot.tripCause?.description == "a failure injected on purpose")
        guard case .failed(1, _, .injected) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("policies classify the operation's own error, and a cancellation stays one through all of them")
    func classified() async {
        let configuration = CircuitBreakerConfiguration.consecutive(1).with {
            $0.classify = { result in
                guard case .failure(let error) = result else { return .success }
                return error as? ScriptedFailure == ScriptedFailure("not found") ? .ignored : .failure
            }
        }
        let breaker = CircuitBreaker(name: "stock", configuration: configuration, clock: clock)
        var retries = RetryConfiguration(initialBackoff: .zero)
        retries.classify = { $0 as? ScriptedFailure == ScriptedFailure("not found") ? .stop : .retry }
        let pipeline = Pipeline(time: time)
            .retried(by: Retry(retries, time: time))
            .guarded(by: breaker)
            .attemptTimeout(.seconds(1))
        let dependency = dependency(.fail("not found"))
        _ = await failure(pipeline, dependency)
        #expect(dependency.callCount == 1)
        #expect(breaker.snapshot.totals.ignored == 1)
        await #expect(throws: PipelineError<CancellationError>.self) {
            try await pipeline.run { () async throws(CancellationError) -> Int in throw CancellationError() }
        }
        #expect(breaker.snapshot.totals.cancelled >= 1)
        #expect(breaker.snapshot.totals.failed == 0)
    }

    @Test("a cancelled caller ends the call and gives everything back")
    func cancelled() async {
        let bulkhead = Bulkhead(.init(maxConcurrent: 1, maxQueue: 0), time: time)
        let breaker = CircuitBreaker(name: "stock", configuration: .consecutive(1), clock: clock)
        let pipeline = Pipeline(time: time).inside(bulkhead).retried(by: immediateRetry()).guarded(by: breaker)
            .attemptTimeout(.seconds(1))
        let dependency = dependency(.hang)
        let task = Task { try await pipeline.run { () async throws in try await dependency.call() } }
        await clock.waitForSleepers(2)
        task.cancel()
        _ = await task.result
        #expect(dependency.callCount == 1)
        #expect(bulkhead.statistics.active == 0)
        #expect(breaker.state == .closed)
        #expect(breaker.snapshot.totals.cancelled == 1)
    }
}
