// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// A random composition of policies on a clock that jumps, beside the naive models of each, one after the other.
private struct PipelineTwins: Twins {
    enum Command: Sendable {
        /// One call whose attempts succeed or fail.
        case call([Bool])
        /// Somebody else takes the only place of the bulkhead, or gives it back.
        case occupy
        case advance(milliseconds: Int)
    }

    private let clock = JumpClock()
    private let pipeline: Pipeline
    private let deadline: Duration?
    private let limiterWait: Duration
    private let attempts: Int?
    private let failureRate: Double?
    private let bulkhead: Bulkhead?
    private let breaker: CircuitBreaker?
    private var naiveLimit: NaiveRateLimit?
    private var naiveBreaker: NaiveBreaker?
    private var dice: SeededRandom
    private var held: BulkheadPermitBox?

    init(_ random: inout SeededRandom) {
        let time = clock.timeSource
        dice = SeededRandom(seed: random.next())
        deadline = random.chance(0.5) ? .milliseconds(Int.random(in: 1...1_500, using: &random)) : nil
        limiterWait = .milliseconds(random.chance(0.5) ? Int.random(in: 1...800, using: &random) : 0)
        attempts = random.chance(0.7) ? Int.random(in: 1...4, using: &random) : nil
        failureRate = random.chance(0.3) ? random.unit() : nil
        bulkhead = random.chance(0.5) ? Bulkhead(.init(maxConcurrent: 1, maxQueue: 0), time: time) : nil
        var pipeline = Pipeline(time: time)
        if random.chance(0.5) {
            let limit = RateLimit.perSecond(4, burst: Int.random(in: 1...3, using: &random))
            naiveLimit = NaiveRateLimit(limit)
            pipeline = pipeline.limited(by: RateLimiter(limit, time: time), waitingUpTo: limiterWait)
        }
        if random.chance(0.6) {
            let failures = Int.random(in: 1...4, using: &random)
            naiveBreaker = NaiveBreaker(configuration: .consecutive(failures, openDuration: .milliseconds(900)))
        }
        breaker = naiveBreaker.map { [clock] in
            CircuitBreaker(name: "db", configuration: $0.configuration, clock: clock)
        }
        if let deadline { pipeline = pipeline.deadline(deadline) }
        if let bulkhead { pipeline = pipeline.inside(bulkhead) }
        if let breaker { pipeline = pipeline.guarded(by: breaker) }
        if let attempts {
            let waits = RetryConfiguration(
                maxAttempts: attempts,
                initialBackoff: .milliseconds(200),
                multiplier: 1,
                jitter: .none
            )
            pipeline = pipeline.retried(by: Retry(waits, time: time))
        }
        if let failureRate {
            let chaos = Chaos(limits: .init(maximumDuration: .seconds(1_000_000)), time: time, seed: dice.seed)
            chaos.start(.init(failureRate: failureRate), for: .seconds(1_000_000))
            pipeline = pipeline.disturbed(by: chaos)
        }
        self.pipeline = pipeline
    }

    var setting: String {
        "deadline \(deadline.map { "\($0)" } ?? "none"), limit \(naiveLimit != nil) within \(limiterWait), "
            + "bulkhead \(bulkhead != nil), attempts \(attempts ?? 0), breaker \(breaker != nil), "
            + "chaos \(failureRate ?? 0)"
    }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<10, using: &random) {
        case ..<6: .call((0..<4).map { _ in random.chance(0.4) })
        case 6: .occupy
        default: .advance(milliseconds: Int.random(in: 0...600, using: &random))
        }
    }

    mutating func play(_ command: Command) async -> String? {
        switch command {
        case .advance(let milliseconds):
            clock.advance(by: .milliseconds(milliseconds))
        case .occupy:
            held = held == nil ? bulkhead.flatMap { try? BulkheadPermitBox($0.tryAcquire()) } : nil
        case .call(let answers):
            let expected = expect(answers)
            if let text = difference("the call", await run(answers), expected.text) { return text }
            if let text = difference("the time", clock.now.offset, expected.now) { return text }
        }
        let now = clock.now.offset
        naiveBreaker?.tick(now)
        return firstDifference(
            difference("the breaker", breaker?.state, naiveBreaker?.state),
            difference("places", bulkhead?.statistics.active ?? 0, held == nil ? 0 : 1),
            difference("permits that are out", breaker?.snapshot.inFlight ?? 0, 0)
        )
    }

    private func run(_ answers: [Bool]) async -> String {
        let calls = Tally()
        do throws(PipelineError<ScriptedFailure>) {
            try await pipeline.run { () async throws(ScriptedFailure) in
                calls.add()
                guard answers[calls.count - 1] else { throw ScriptedFailure("no") }
            }
            return "success, \(calls.count) calls"
        } catch {
            switch error {
            case .rateLimited: return "limited, \(calls.count) calls"
            case .bulkheadFull: return "full, \(calls.count) calls"
            case .failed(let attempts, let reason, _):
                return "\(attempts) attempts, \(words(reason)), \(calls.count) calls"
            }
        }
    }

    private func words(_ reason: RetryStopReason) -> String {
        if case .circuitOpen = reason { return "circuit open" }
        return "\(reason)"
    }

    private mutating func expect(_ answers: [Bool]) -> (text: String, now: Duration) {
        var now = clock.now.offset
        let ends = deadline.map { now + $0 }
        if var limit = naiveLimit {
            let wait = limit.wait(1, now)
            guard wait <= min(limiterWait, ends.map { $0 - now } ?? limiterWait) else {
                return ("limited, 0 calls", now)
            }
            limit.take(1, now)
            naiveLimit = limit
            now += wait
        }
        if held != nil { return ("full, 0 calls", now) }
        var calls = 0
        for attempt in 1... {
            if attempts != nil, let ends, now >= ends {
                return ("\(attempt - 1) attempts, \(RetryStopReason.deadline(wait: .zero)), \(calls) calls", now)
            }
            let permit = naiveBreaker?.acquire(now)
            if naiveBreaker != nil && permit == nil {
                return ("\(attempt - 1) attempts, circuit open, \(calls) calls", now)
            }
            let isInjected = injects()
            if !isInjected { calls += 1 }
            let succeeds = !isInjected && answers[calls - 1]
            if let permit { naiveBreaker?.settle(permit, failed: !succeeds, now) }
            if succeeds { return ("success, \(calls) calls", now) }
            guard let attempts else { return ("1 attempts, notRetryable, \(calls) calls", now) }
            if attempt == attempts { return ("\(attempt) attempts, exhausted, \(calls) calls", now) }
            let wait = Duration.milliseconds(200)
            if let ends, now + wait >= ends {
                return ("\(attempt) attempts, \(RetryStopReason.deadline(wait: wait)), \(calls) calls", now)
            }
            if let breaker = naiveBreaker, breaker.state == .open,
                breaker.entered + breaker.configuration.openDuration > now + wait
            {
                return ("\(attempt) attempts, circuit open, \(calls) calls", now)
            }
            now += wait
        }
        return ("", now)
    }

    /// The dice of one call: two for the delay, which is off, and one for the failure.
    private mutating func injects() -> Bool {
        guard let failureRate, failureRate > 0 else { return false }
        _ = (dice.unit(), dice.unit())
        return dice.unit() < failureRate
    }
}

@Suite("Pipeline: against a naive model")
struct PipelineModelTests {
    @Test(
        "random policies around random calls act as their models do one after the other, and give everything back",
        .timeLimit(.minutes(1)),
        arguments: 0..<150
    )
    func model(seed: UInt64) async {
        await check(PipelineTwins.self, seed: seed, steps: 80)
    }
}
