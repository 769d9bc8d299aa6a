// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker: the explanation")
struct CircuitBreakerSnapshotTests {
    @Test("an idle breaker has nothing to say")
    func idle() {
        #expect(BreakerScript(.init()).snapshot.explanation == "closed; no calls in the window")
    }

    @Test("closed names the counts and what would open it")
    func closed() {
        #expect(
            BreakerScript(.init()).play("3*S 2*F").snapshot.explanation
                == "closed; 2 of 5 calls failed (rates count from 10 calls), 2 in a row (opens at 5)"
        )
        #expect(
            BreakerScript(.init()).play("2*F 6*S").play("4*S").snapshot.explanation
                == "closed; 2 of 12 calls failed (16.7 %, opens at 50 %)"
        )
    }

    @Test("open names the rule, the last failure and the wait")
    func open() {
        let script = BreakerScript(.consecutive(3)).play("3*F +800")
        #expect(script.snapshot.explanation == "open for 3 consecutive failures: refused; half-opens in 4.2 s")
        #expect(script.snapshot.remainingOpenTime == .milliseconds(4_200))
        #expect(script.snapshot.halfOpensAt == .seconds(5))
        #expect(script.snapshot.timeInState == .milliseconds(800))
        #expect(script.snapshot.tripCause?.description == "refused")
    }

    @Test("open by a rate names the arithmetic")
    func openByRate() {
        #expect(
            BreakerScript(.rates).play("3*F 2*S").snapshot.explanation
                == "open for 60 % of 5 calls failed (threshold 50 %): refused; half-opens in 5 s"
        )
    }

    @Test("half-open shows the progress as numbers and in words")
    func halfOpen() throws {
        let script = BreakerScript(.consecutive(1, successes: 2, halfOpenMaxCalls: 3)).play("F +5000 S A")
        let progress = try #require(script.snapshot.halfOpen)
        #expect(progress.settled.successes == 1)
        #expect(progress.inFlight == 1)
        #expect(progress.successThreshold == 2)
        #expect(progress.maximumCalls == 3)
        #expect(progress.hasRoom)
        #expect(script.snapshot.explanation == "half-open; 1 of 2 successes that close it, 1 in flight")
        #expect(
            BreakerScript(.rates).play("5*F +5000 F S").snapshot.explanation
                == "half-open; 2 of 4 trial calls done, 1 failed"
        )
    }

    @Test("operator states name who, why and how long")
    func operatorStates() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.forceOpen(for: .seconds(200), reason: "upgrade", by: "alice")
        #expect(script.snapshot.explanation == "forced open by alice: upgrade; for another 3 min 20 s")
        script.breaker.disable()
        #expect(script.snapshot.explanation == "disabled by an operator")
        script.breaker.observeOnly(by: "bob")
        script.play("F")
        #expect(
            script.snapshot.explanation
                == "metrics only by bob; would have opened 1 times; 1 of 1 calls failed, 1 in a row (opens at 1)"
        )
        #expect(
            BreakerScript(.consecutive(1).with { $0.isEnabled = false }).snapshot.explanation
                == "disabled by its configuration"
        )
    }

    @Test("the snapshot of an idle breaker is that of the clock, not of the last call")
    func byTheClock() {
        let script = BreakerScript(.timed(10, minimum: 1, rate: 1).with { $0.failureRateThreshold = nil })
        script.play("3*F +10000")
        #expect(script.snapshot.counts.calls == 0)
        #expect(script.snapshot.lastFailure?.description == "refused")
        #expect(script.snapshot.lastFailureAt == .zero)
    }

    @Test(
        "durations read well",
        arguments: [
            (Duration.zero, "0 s"), (.nanoseconds(1), "1 ms"), (.milliseconds(999), "999 ms"), (.seconds(1), "1 s"),
            (.milliseconds(4_249), "4.2 s"), (.seconds(60), "1 min"), (.seconds(200), "3 min 20 s"),
            (.seconds(3_600), "1 h"), (.seconds(7_500), "2 h 5 min"),
        ]
    )
    func durations(duration: Duration, text: String) {
        #expect(
            CircuitBreaker.Rejection.open(retryAfter: duration, cause: nil).description == "open for another \(text)"
        )
    }

    @Test(
        "the metric of a state is 0 where calls pass, 1 where they are rejected, 2 for half-open (row M1, T4)",
        arguments: zip(
            [CircuitBreakerState.closed, .open, .halfOpen, .forcedOpen, .disabled, .metricsOnly],
            [0, 1, 2, 1, 0, 0]
        )
    )
    func metricValue(state: CircuitBreakerState, value: Int) {
        #expect(state.metricValue == value)
    }
}
