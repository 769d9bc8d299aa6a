// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// Mistakes that other breakers have shipped; each test fails on one of them.
@Suite("Circuit breaker: known traps")
struct CircuitBreakerTrapTests {
    /// The defaults of a well-known breaker whose recovery was broken, with a short wait.
    private var usual: CircuitBreakerConfiguration {
        CircuitBreakerConfiguration(openDuration: .milliseconds(100))
    }

    @Test("readiness comes back by the clock, though 503 keeps every call away (row 50, T2)")
    func readinessDeadlock() {
        let configuration = CircuitBreakerConfiguration.ring(10, minimum: 5, rate: 0.5)
            .with { $0.openDuration = .seconds(5) }
        let script = BreakerScript(configuration).play("5*F")
        #expect(script.breaker.httpStatus == 503)
        #expect(script.breaker.healthStatus == "unhealthy")
        script.play("+5000")
        #expect(script.breaker.httpStatus == 200)
        #expect(script.breaker.healthStatus == "degraded")
    }

    @Test("a sliding window evicts: a long healthy past does not outvote the present (row 21, T4)")
    func eviction() {
        BreakerScript(.ring(100, minimum: 100, rate: 0.5)).play("1000*S 49*F =closed F =open")
    }

    @Test("the minimum counts, not a full window (T4)")
    func minimumInLargerWindow() {
        BreakerScript(.ring(10, minimum: 5, rate: 0.5)).play("4*F =closed F =open")
    }

    @Test("the first trial call is counted, so its success closes and nothing underflows (row 40, T5)")
    func stuckHalfOpen() {
        BreakerScript(usual).play("5*F =open +150 =halfOpen A S =halfOpen s =closed A")
    }

    @Test("after a recovery the past is forgotten: one failure does not reopen (T6)")
    func historyForgotten() {
        let configuration = CircuitBreakerConfiguration(openDuration: .milliseconds(100))
        BreakerScript(configuration).play("5*F +100 2*S =closed F =closed 3*F =closed F =open")
    }

    @Test("failures outside the rolling window are forgotten (T6)")
    func rollingWindow() {
        BreakerScript(.timed(10, minimum: 10, rate: 0.5)).play("9*F +10000 =closed F =closed 8*F =closed F =open")
    }

    @Test("negative jitter shortens a wait, and the cap holds after jitter (T9)")
    func jitterBothWays() {
        let clock = ManualClock()
        let configuration = CircuitBreakerConfiguration.consecutive(1, openDuration: .seconds(10)).with {
            $0.backoff = OpenBackoff(multiplier: 1, maximum: .seconds(10), jitter: 0.5)
        }
        let breaker = CircuitBreaker(name: "db", configuration: configuration, time: clock.timeSource, randomSeed: 3)
        var shortest = Duration.seconds(10)
        for _ in 0..<100 {
            breaker.trip(reason: "test")
            let wait = breaker.snapshot.remainingOpenTime ?? .zero
            #expect(wait <= .seconds(10))
            shortest = min(shortest, wait)
            breaker.reset()
        }
        #expect(shortest < .seconds(6))
    }

    @Test("rejections do not keep the breaker open (T13)")
    func rejectionsAreNoFailures() {
        let script = BreakerScript(.consecutive(1)).play("F")
        for _ in 0..<5 { script.play("100*A! +1000") }
        #expect(script.state == .halfOpen)
        #expect(script.snapshot.totals.failed == 1)
    }

    @Test("a late success while open does not close (row 46, T14)")
    func lateSuccess() {
        let script = BreakerScript(.consecutive(1)).play("A F =open s =open +4999 =open +1 =halfOpen")
        #expect(script.snapshot.totals.late == 1)
    }

    @Test("late failures while open do not push the end of the wait out (T15)")
    func lateFailures() {
        BreakerScript(.consecutive(1)).play("3*A F +4000 f f f +999 =open +1 =halfOpen")
    }

    @Test("half-open is limited (T14, T15)")
    func halfOpenLimited() {
        BreakerScript(usual).play("5*F +100 3*A 100*A!")
    }

    @Test("successes add up across calls to the threshold (T15)")
    func successesAddUp() {
        BreakerScript(.consecutive(5, successes: 2, halfOpenMaxCalls: 2)).play("5*F +5000 S =halfOpen S =closed")
    }

    @Test("the first failure after start does not open by its rate of 100 % (T15)")
    func minimumCalls() {
        BreakerScript(CircuitBreakerConfiguration()).play("F =closed")
    }

    @Test("a call that began before the breaker opened does not count in the half-open round (row 44)")
    func generationFence() {
        let script = BreakerScript(.counts).play("A 3*F =open +90000 =halfOpen s =halfOpen")
        #expect(script.snapshot.halfOpen?.settled.calls == 0)
        script.play("S S S =closed")
    }

    @Test(
        "giving back a permit from before the half-open round does not widen the round",
        arguments: ["i", "x", "s", "f"]
    )
    func oldPermitDoesNotWiden(word: String) {
        BreakerScript(.consecutive(1)).play("A F +5000 =halfOpen \(word) A A!")
    }

    @Test("a wall clock that jumps moves no transition (row 49)")
    func wallClockJumps() {
        let clock = ManualClock()
        let wallSeconds = Tally()
        let breaker = CircuitBreaker(
            name: "db",
            configuration: .consecutive(1),
            time: clock.timeSource,
            wallClock: WallClock { .seconds(100_000 + wallSeconds.count) }
        )
        breaker.trip(reason: "test")
        wallSeconds.add(-3_600)
        clock.advance(by: .seconds(2))
        #expect(breaker.state == .open)
        wallSeconds.add(7_200)
        clock.advance(by: .milliseconds(2_999))
        #expect(breaker.state == .open)
        clock.advance(by: .milliseconds(1))
        #expect(breaker.state == .halfOpen)
    }

    @Test("a call that hangs keeps nobody else waiting (T3)", .timeLimit(.minutes(1)))
    func hangingCall() async throws {
        let breaker = BreakerScript(.consecutive(1)).breaker
        let gate = Gate()
        let hanging = Task { try await breaker.run { () async in await gate.wait() } }
        while breaker.snapshot.inFlight == 0 { await Task.yield() }
        for _ in 0..<100 { try await breaker.run { () async in await Task.yield() } }
        #expect(breaker.snapshot.totals.succeeded == 100)
        #expect(breaker.snapshot.inFlight == 1)
        gate.open()
        try await hanging.value
        #expect(breaker.snapshot.inFlight == 0)
    }
}
