// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker: what it remembers and forgets")
struct CircuitBreakerMemoryTests {
    @Test("a new breaker has counted nothing")
    func fresh() {
        let snapshot = BreakerScript(.consecutive(1)).snapshot
        #expect(snapshot.rejectedInState == 0)
        #expect(snapshot.inFlight == 0)
        #expect(snapshot.openings == 0)
        #expect(snapshot.totals == CircuitBreakerTotals())
    }

    @Test("a breaker made open says so, and has opened once")
    func initiallyOpen() {
        let snapshot = BreakerScript(.consecutive(1), initialState: .open).snapshot
        #expect(snapshot.trip == .initialState)
        #expect(snapshot.openings == 1)
    }

    @Test("openings count up to the next close, which forgets why it was open")
    func openings() {
        let script = BreakerScript(.consecutive(1)).play("F +5000 F +5000")
        #expect(script.snapshot.openings == 2)
        #expect(script.snapshot.trip == .halfOpenFailure)
        script.play("S =closed")
        #expect(script.snapshot.openings == 0)
        #expect(script.snapshot.trip == nil)
        script.play("F")
        #expect(script.snapshot.openings == 1)
    }

    @Test("a restored opening is an opening")
    func restored() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.restore(.init(name: "db", state: .open, remaining: .seconds(5)), wallTime: nil)
        #expect(script.snapshot.totals.opened == 1)
        #expect(script.snapshot.totals.transitions == 1)
    }

    @Test("a reset forgets the last failure")
    func lastFailure() {
        let script = BreakerScript(.consecutive(2)).play("F")
        #expect(script.snapshot.lastFailure?.description == "refused")
        script.breaker.reset()
        #expect(script.snapshot.lastFailure == nil)
        #expect(script.snapshot.lastFailureAt == nil)
    }

    @Test("a reset of a breaker that its configuration disables takes an operator's request back")
    func operatorRequest() {
        let script = BreakerScript(.consecutive(1).with { $0.isEnabled = false })
        script.breaker.disable(reason: "upgrade")
        #expect(script.snapshot.operatorRequest?.reason == "upgrade")
        script.breaker.reset()
        script.play("=disabled")
        #expect(script.snapshot.operatorRequest == nil)
    }

    @Test("a breaker made metrics-only notes the first crossing")
    func firstCrossing() {
        let script = BreakerScript(.consecutive(1), initialState: .metricsOnly).play("2*F")
        #expect(script.snapshot.totals.wouldHaveOpened == 1)
    }

    @Test("a crossing is noted again when metrics-only begins again")
    func crossings() {
        let script = BreakerScript(.consecutive(1))
        for _ in 0..<2 {
            script.breaker.observeOnly()
            script.play("2*F")
            script.breaker.reset()
        }
        #expect(script.snapshot.totals.wouldHaveOpened == 2)
    }

    @Test("a share of slow trial calls equal to the threshold does not close")
    func slowShare() {
        let configuration = CircuitBreakerConfiguration.consecutive(1, successes: 2, halfOpenMaxCalls: 2).with {
            $0.slowCallDuration = .seconds(4)
            $0.slowCallRateThreshold = 0.5
        }
        BreakerScript(configuration).play("F +5000 S SS =open +5000 2*S =closed")
    }

    @Test("without jitter the open time is the configured one to the last digit")
    func exactOpenTime() {
        let openDuration = Duration(secondsComponent: 1_000_000, attosecondsComponent: 1)
        let configuration = CircuitBreakerConfiguration.consecutive(1, openDuration: openDuration).with {
            $0.backoff = OpenBackoff(multiplier: 2, maximum: openDuration * 8, jitter: 0)
        }
        #expect(BreakerScript(configuration).play("F").snapshot.remainingOpenTime == openDuration)
    }

    @Test("a disabled configuration that is replaced by another leaves the breaker disabled")
    func disabledThroughout() throws {
        let script = BreakerScript(.consecutive(1).with { $0.isEnabled = false })
        try script.breaker.replaceConfiguration(.consecutive(2).with { $0.isEnabled = false })
        script.play("=disabled")
        #expect(script.recorder.transitions.isEmpty)
    }

    @Test("a breaker made disabled stays so under a configuration that was enabled before")
    func initiallyDisabled() throws {
        let script = BreakerScript(.consecutive(1), initialState: .disabled)
        try script.breaker.replaceConfiguration(.consecutive(2))
        script.play("=disabled")
    }
}
