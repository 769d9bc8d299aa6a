// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Retry")
struct RetryTests {
    private let clock = ManualClock()

    private func makeRetry(_ configuration: RetryConfiguration = .steady, budget: RetryBudget? = nil) -> Retry {
        Retry(configuration, budget: budget, time: clock.timeSource, randomSeed: 1)
    }

    private func dependency(_ steps: ScriptedDependency<Int>.Step...) -> ScriptedDependency<Int> {
        ScriptedDependency(clock: clock, steps)
    }

    @Test(
        "a call that always fails is made as often as configured, and the error carries attempts and last error (row R3)",
        .timeLimit(.minutes(1))
    )
    func exhausted() async {
        let dependency = dependency(.fail("first"), .fail("second"), .fail("third"))
        let error = await failure { try await makeRetry(.immediate).run { _ in try await dependency.call() } }
        #expect(dependency.callCount == 3)
        #expect(error?.attempts == 3)
        #expect(error?.lastError as? ScriptedFailure == ScriptedFailure("third"))
        #expect(error?.reason == .exhausted)
        #expect(error?.description == "all attempts have failed, after 3 attempts: third")
    }

    @Test("the operation is told the number of its attempt", .timeLimit(.minutes(1)))
    func attemptNumbers() async throws {
        var seen: [Int] = []
        let value = try await makeRetry(.immediate).run { attempt throws(ScriptedFailure) -> Int in
            seen.append(attempt)
            if attempt < 3 { throw ScriptedFailure("no") }
            return attempt
        }
        #expect(value == 3)
        #expect(seen == [1, 2, 3])
    }

    @Test("it waits by the clock between attempts", .timeLimit(.minutes(1)))
    func waits() async throws {
        let dependency = dependency(.fail("no"), .fail("no"), .succeed(7))
        let retry = makeRetry()
        let task = Task { try await retry.run { _ in try await dependency.call() } }
        await clock.waitForSleepers(1)
        #expect(clock.nextDeadline?.offset == .seconds(1))
        clock.advanceToNextDeadline()
        await clock.waitForSleepers(1)
        #expect(clock.nextDeadline?.offset == .seconds(3))
        clock.advanceToNextDeadline()
        #expect(try await task.value == 7)
        #expect(dependency.callCount == 3)
    }

    @Test("an error that is not worth it ends at once", .timeLimit(.minutes(1)))
    func notRetryable() async {
        var configuration = RetryConfiguration.immediate
        configuration.classify = { _ in .stop }
        let dependency = dependency(.fail("bad request"))
        let error = await failure { try await makeRetry(configuration).run { _ in try await dependency.call() } }
        #expect(error?.reason == .notRetryable)
        #expect(dependency.callCount == 1)
    }

    @Test("a cancellation during the wait ends at once and makes no further call (row R7)", .timeLimit(.minutes(1)))
    func cancelled() async {
        let dependency = dependency(.fail("no"))
        let retry = makeRetry()
        let task = Task { await failure { try await retry.run { _ in try await dependency.call() } } }
        await clock.waitForSleepers(1)
        task.cancel()
        let error = await task.value
        #expect(error?.reason == .cancelled)
        #expect(error?.attempts == 1)
        #expect(dependency.callCount == 1)
        #expect(clock.sleeperCount == 0)
    }

    @Test(
        "a wait that the other side asks for replaces the backoff when it fits the deadline (row R8)",
        .timeLimit(.minutes(1))
    )
    func retryAfterFits() async throws {
        var configuration = RetryConfiguration.steady
        configuration.classify = { _ in .http(status: 503, isIdempotent: false, retryAfter: .seconds(2)) }
        let dependency = dependency(.fail("503"), .succeed(7))
        let retry = makeRetry(configuration)
        let time = clock.timeSource
        let task = Task {
            try await withDeadline(.seconds(10), time: time) {
                try await retry.run { _ in try await dependency.call() }
            }
        }
        await clock.waitForSleepers(1)
        #expect(clock.nextDeadline?.offset == .seconds(2))
        clock.advanceToNextDeadline()
        #expect(try await task.value == 7)
    }

    @Test("a wait beyond the deadline gives up now (row R8)", .timeLimit(.minutes(1)))
    func retryAfterTooLong() async {
        var configuration = RetryConfiguration.steady
        configuration.classify = { _ in .retryAfter(.seconds(120)) }
        let dependency = dependency(.fail("503"))
        let error = await withDeadline(.seconds(10), time: clock.timeSource) {
            await failure { try await makeRetry(configuration).run { _ in try await dependency.call() } }
        }
        #expect(error?.reason == .deadline(wait: .seconds(120)))
        #expect(clock.now.offset == .zero)
    }

    @Test("no attempt is made after the deadline", .timeLimit(.minutes(1)))
    func deadlinePassed() async {
        let dependency = dependency(.succeed(1))
        let error = await withDeadline(.zero, time: clock.timeSource) {
            await failure { try await makeRetry().run { _ in try await dependency.call() } }
        }
        #expect(error?.attempts == 0)
        #expect(dependency.callCount == 0)
    }

    @Test("a wait that is overslept until after the deadline is followed by no attempt", .timeLimit(.minutes(1)))
    func deadlinePassedDuringWait() async {
        let clock = JumpClock()
        clock.oversleep(.seconds(5))
        let retry = Retry(.steady, time: clock.timeSource)
        var calls = 0
        let error = await withDeadline(.seconds(2), time: clock.timeSource) {
            await failure {
                try await retry.run { _ in
                    calls += 1
                    throw ScriptedFailure("no")
                }
            }
        }
        #expect(calls == 1)
        #expect(error?.attempts == 1)
        #expect(error?.lastError as? ScriptedFailure == ScriptedFailure("no"))
        #expect(error?.reason == .deadline(wait: .zero))
    }

    @Test("an open breaker is asked first, and the operation is not called (T8)", .timeLimit(.minutes(1)))
    func breakerOpen() async {
        let breaker = CircuitBreaker(name: "db", clock: clock)
        breaker.trip(reason: "test")
        let dependency = dependency(.succeed(1))
        let error = await failure {
            try await makeRetry(.immediate).run(through: breaker) { _ in try await dependency.call() }
        }
        #expect(error?.attempts == 0)
        #expect(dependency.callCount == 0)
        #expect(breaker.snapshot.totals.rejected == 1)
        guard case .circuitOpen(.open(let retryAfter, _)) = error?.reason else {
            Issue.record("\(String(describing: error?.reason))")
            return
        }
        #expect(retryAfter == .seconds(60))
    }

    @Test(
        "retries stop as soon as the breaker opens, without waiting, with one permit per attempt (T8, T14)",
        .timeLimit(.minutes(1))
    )
    func breakerOpens() async {
        let breaker = CircuitBreaker(name: "db", configuration: .consecutive(2), clock: clock)
        let dependency = dependency(.fail("refused"))
        let retry = makeRetry(RetryConfiguration(maxAttempts: 10, initialBackoff: .seconds(1), jitter: .none))
        let task = Task { await failure { try await retry.run(through: breaker) { _ in try await dependency.call() } } }
        await clock.waitForSleepers(1)
        clock.advanceToNextDeadline()
        let error = await task.value
        #expect(error?.attempts == 2)
        #expect(error?.lastError as? ScriptedFailure == ScriptedFailure("refused"))
        #expect(breaker.snapshot.totals.admitted == 2)
        #expect(breaker.snapshot.totals.failed == 2)
        #expect(clock.now.offset == .seconds(1))
    }

    @Test("a budget of 20 % bounds the retries of a thousand failing calls (row R6)", .timeLimit(.minutes(1)))
    func budget() async {
        let budget = RetryBudget(ratio: 0.2, minimumPerSecond: 10, time: clock.timeSource)
        let dependency = dependency(.fail("down"))
        var spent = 0
        for _ in 0..<1_000 {
            let error = await failure {
                try await makeRetry(.immediate, budget: budget).run { _ in try await dependency.call() }
            }
            if error?.reason == .budgetSpent { spent += 1 }
        }
        let retries = dependency.callCount - 1_000
        #expect((200...210).contains(retries))
        #expect(spent > 700)
    }

    @Test("calls that the breaker rejects earn no retries", .timeLimit(.minutes(1)))
    func rejectedCallsEarnNothing() async {
        let budget = RetryBudget(ratio: 1, minimumPerSecond: 0, time: clock.timeSource)
        let breaker = CircuitBreaker(name: "db", clock: clock)
        breaker.trip(reason: "test")
        let dependency = dependency(.succeed(1))
        for _ in 0..<100 {
            _ = await failure {
                try await makeRetry(.immediate, budget: budget).run(through: breaker) { _ in try await dependency.call()
                }
            }
        }
        #expect(dependency.callCount == 0)
        #expect(!budget.withdraw())
    }

    @Test("the floor of a budget fills by the second, also when it is asked often")
    func budgetFloor() {
        let budget = RetryBudget(ratio: 0, minimumPerSecond: 10, time: clock.timeSource)
        var granted = 0
        while budget.withdraw() { granted += 1 }
        #expect(granted == 10)
        for _ in 0..<30_000 {
            clock.advance(by: .microseconds(50))
            if budget.withdraw() { granted += 1 }
        }
        #expect((24...25).contains(granted))
        clock.advance(by: .seconds(100))
        granted = 0
        while budget.withdraw() { granted += 1 }
        #expect(granted == 10)
    }

    @Test(
        "a setting out of its range is named with its value",
        arguments: [
            (RetryConfiguration(maxAttempts: 0), "maxAttempts: 0 is less than 1"),
            (.init(initialBackoff: .seconds(-1)), "initialBackoff: -1.0 seconds is negative"),
            (
                .init(initialBackoff: .seconds(2), maxBackoff: .seconds(1)),
                "maxBackoff: 1.0 seconds is shorter than the initialBackoff of 2.0 seconds"
            ),
            (.init(multiplier: 0.5), "multiplier: 0.5 is not a number of at least 1"),
            (.init(jitter: .proportional(1.1)), "jitter: 1.1 is not in 0 to 1"),
        ]
    )
    func invalid(configuration: RetryConfiguration, message: String) {
        let error = #expect(throws: InvalidConfiguration.self) { try configuration.validate() }
        #expect(error?.description == message)
    }
}

/// The error of a retried operation that must fail.
nonisolated(nonsending) private func failure<Value>(
    _ body: nonisolated(nonsending) () async throws -> Value
) async -> RetryError<any Error>? {
    do {
        _ = try await body()
        Issue.record("the operation succeeded")
        return nil
    } catch {
        return error as? RetryError<any Error>
    }
}

extension RetryConfiguration {
    /// Three attempts after 1 and 2 seconds.
    fileprivate static var steady: RetryConfiguration {
        RetryConfiguration(initialBackoff: .seconds(1), jitter: .none)
    }

    /// Three attempts without a wait.
    fileprivate static var immediate: RetryConfiguration {
        RetryConfiguration(initialBackoff: .zero, jitter: .none)
    }
}
