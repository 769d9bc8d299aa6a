// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

private enum Trouble: Error {
    case passing
    case lasting
    case asked(milliseconds: Int)
}

private enum Attempt: Sendable {
    case succeeds
    case fails(Trouble)
}

/// Retries on a clock that jumps over every wait, beside a loop that computes what has to happen.
private struct RetryTwins: Twins {
    struct Call: Sendable {
        var attempts: [Attempt]
        var milliseconds: Int
        var deadline: Int?
        var oversleep: Int
    }

    enum Command: Sendable {
        case call(Call)
        case advance(milliseconds: Int)
    }

    private struct Backoff: Sendable {
        var initial: Int
        var maximum: Int
        var growth: BackoffGrowth
        var halves: Int
    }

    private let clock = JumpClock()
    private let backoff: Backoff
    private let maxAttempts: Int
    private let retry: Retry
    private let breaker: CircuitBreaker?
    private var naiveBreaker: NaiveBreaker?
    private var naiveBudget: NaiveRetryBudget?
    private var refilledAt = Duration.zero

    init(_ random: inout SeededRandom) {
        let initial = 50 * Int.random(in: 0...8, using: &random)
        backoff = Backoff(
            initial: initial,
            maximum: Int.random(in: initial...1_500, using: &random),
            growth: random.chance(0.3) ? .linear : .exponential,
            halves: Int.random(in: 2...5, using: &random)
        )
        maxAttempts = Int.random(in: 1...5, using: &random)
        if random.chance(0.6) {
            naiveBudget = NaiveRetryBudget(
                ratio: Int.random(in: 0...1_000, using: &random),
                perSecond: Int.random(in: 0...2, using: &random),
                capacity: Int.random(in: 1...4, using: &random)
            )
        }
        if random.chance(0.6) {
            naiveBreaker = NaiveBreaker(
                configuration: .consecutive(Int.random(in: 1...4, using: &random), openDuration: .milliseconds(700))
            )
        }
        breaker = naiveBreaker.map { [clock] in
            CircuitBreaker(name: "db", configuration: $0.configuration, clock: clock)
        }
        retry = Retry(
            RetryConfiguration(
                maxAttempts: maxAttempts,
                initialBackoff: .milliseconds(backoff.initial),
                maxBackoff: .milliseconds(backoff.maximum),
                growth: backoff.growth,
                multiplier: Double(backoff.halves) / 2,
                jitter: .none,
                classify: { error in
                    switch error as? Trouble {
                    case .asked(let milliseconds): .retryAfter(.milliseconds(milliseconds))
                    case .lasting: .stop
                    default: .retry
                    }
                }
            ),
            budget: naiveBudget.map { [clock] in
                RetryBudget(
                    ratio: Double($0.ratio) / 1_000,
                    minimumPerSecond: $0.perSecond,
                    capacity: $0.capacity,
                    time: clock.timeSource
                )
            },
            time: clock.timeSource
        )
    }

    var setting: String {
        "\(maxAttempts) attempts, \(backoff), \(naiveBudget.map { "\($0)" } ?? "no budget"), "
            + (naiveBreaker.map { "opens at \($0.configuration.failureThreshold)" } ?? "no breaker")
    }

    static func command(_ random: inout SeededRandom) -> Command {
        if random.chance(0.2) { return .advance(milliseconds: Int.random(in: 0...800, using: &random)) }
        let attempts = (0..<5).map { _ -> Attempt in
            switch Int.random(in: 0..<10, using: &random) {
            case ..<2: .succeeds
            case ..<7: .fails(.passing)
            case 7: .fails(.lasting)
            default: .fails(.asked(milliseconds: 50 * Int.random(in: -1...18, using: &random)))
            }
        }
        return .call(
            Call(
                attempts: attempts,
                milliseconds: 50 * Int.random(in: 0...1, using: &random),
                deadline: random.chance(0.5) ? 50 * Int.random(in: 0...40, using: &random) : nil,
                oversleep: random.chance(0.2) ? Int.random(in: 0...2_000, using: &random) : 0
            )
        )
    }

    mutating func play(_ command: Command) async -> String? {
        switch command {
        case .advance(let milliseconds):
            clock.advance(by: .milliseconds(milliseconds))
            return nil
        case .call(let call):
            let expected = expect(call)
            let actual = await run(call)
            let now = clock.now.offset
            naiveBreaker?.tick(now)
            return firstDifference(
                difference("the end", actual.end, expected.end),
                difference("the start of each attempt", actual.starts, expected.starts),
                difference("the time at the end", clock.now.offset, expected.now),
                difference("the breaker", breaker?.state, naiveBreaker?.state)
            )
        }
    }

    private func run(_ call: Call) async -> (end: String, starts: [Duration]) {
        clock.oversleep(.milliseconds(call.oversleep))
        var starts: [Duration] = []
        let operation = { (attempt: Int) async throws(Trouble) -> Int in
            starts.append(clock.now.offset)
            clock.advance(by: .milliseconds(call.milliseconds))
            if case .fails(let trouble) = call.attempts[attempt - 1] { throw trouble }
            return attempt
        }
        do throws(RetryError<Trouble>) {
            let attempt: Int
            if let deadline = call.deadline {
                attempt = try await withDeadline(.milliseconds(deadline), time: clock.timeSource) {
                    () async throws(RetryError<Trouble>) in try await retry.run(through: breaker, operation)
                }
            } else {
                attempt = try await retry.run(through: breaker, operation)
            }
            return ("success of attempt \(attempt)", starts)
        } catch {
            return ("\(error.attempts) attempts: \(words(error.reason))", starts)
        }
    }

    private func words(_ reason: RetryStopReason) -> String {
        if case .circuitOpen = reason { return "circuit open" }
        return "\(reason)"
    }

    private mutating func expect(_ call: Call) -> (end: String, starts: [Duration], now: Duration) {
        var now = clock.now.offset
        let deadline = call.deadline.map { now + .milliseconds($0) }
        var starts: [Duration] = []
        func end(_ attempts: Int, _ reason: RetryStopReason) -> (String, [Duration], Duration) {
            ("\(attempts) attempts: \(reason)", starts, now)
        }
        for attempt in 1... {
            if let deadline, now >= deadline { return end(attempt - 1, .deadline(wait: .zero)) }
            let permit = naiveBreaker?.acquire(now)
            if naiveBreaker != nil && permit == nil { return ("\(attempt - 1) attempts: circuit open", starts, now) }
            if attempt == 1 { naiveBudget?.deposit() }
            starts.append(now)
            now += .milliseconds(call.milliseconds)
            guard case .fails(let trouble) = call.attempts[attempt - 1] else {
                if let permit { naiveBreaker?.settle(permit, failed: false, now) }
                return ("success of attempt \(attempt)", starts, now)
            }
            if let permit { naiveBreaker?.settle(permit, failed: true, now) }
            if case .lasting = trouble { return end(attempt, .notRetryable) }
            if attempt == maxAttempts { return end(attempt, .exhausted) }
            var wait = backoffWait(after: attempt)
            if case .asked(let milliseconds) = trouble { wait = .milliseconds(max(0, milliseconds)) }
            if let deadline, now + wait >= deadline { return end(attempt, .deadline(wait: wait)) }
            naiveBreaker?.tick(now)
            if let breaker = naiveBreaker, breaker.state == .open,
                breaker.entered + breaker.configuration.openDuration > now + wait
            {
                return ("\(attempt) attempts: circuit open", starts, now)
            }
            refill(now)
            if naiveBudget?.withdraw() == false { return end(attempt, .budgetSpent) }
            if wait > .zero { now += wait + .milliseconds(call.oversleep) }
        }
        return end(0, .exhausted)
    }

    private func backoffWait(after attempt: Int) -> Duration {
        var wait = Duration.milliseconds(backoff.initial)
        switch backoff.growth {
        case .linear: wait *= attempt
        case .exponential: for _ in 1..<attempt { wait = wait * backoff.halves / 2 }
        }
        return min(wait, .milliseconds(backoff.maximum))
    }

    /// The budget counts milliseconds; a wait of a fraction of one is carried over.
    private mutating func refill(_ now: Duration) {
        let milliseconds = Int((now - refilledAt) / .milliseconds(1))
        naiveBudget?.advance(milliseconds: milliseconds)
        refilledAt += .milliseconds(milliseconds)
    }
}

@Suite("Retry: against a naive model")
struct RetryModelTests {
    @Test(
        "random calls make the attempts at the times, and end for the reasons, that a plain loop computes",
        .timeLimit(.minutes(1)),
        arguments: 0..<100
    )
    func model(seed: UInt64) async {
        await check(RetryTwins.self, seed: seed, steps: 100)
    }
}
