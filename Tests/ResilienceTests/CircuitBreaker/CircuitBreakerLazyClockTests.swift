// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// What the clock has brought about comes before what is asked for, though nobody has read the state in between.
@Suite("Circuit breaker: the clock comes first")
struct CircuitBreakerLazyClockTests {
    @Test("a signal opens a breaker whose wait has passed once more")
    func trip() {
        let script = BreakerScript(.consecutive(1)).play("F +5000")
        #expect(script.breaker.trip(reason: "signal"))
        #expect(script.recorder.transitions == ["closed → open", "open → half-open", "half-open → open"])
    }

    @Test("an operator's state that is over ends before the next request begins")
    func operatorState() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.forceOpen(for: .seconds(10))
        script.clock.advance(by: .seconds(10))
        script.breaker.forceOpen(for: .seconds(10))
        #expect(
            script.recorder.transitions == ["closed → forced open", "forced open → closed", "closed → forced open"]
        )
    }

    @Test("a reset closes a breaker that has turned half-open unseen")
    func reset() {
        let script = BreakerScript(.consecutive(1)).play("F +5000")
        script.breaker.reset()
        #expect(script.recorder.transitions == ["closed → open", "open → half-open", "half-open → closed"])
    }

    @Test("a new configuration does not delay the round that is due")
    func replace() throws {
        let script = BreakerScript(.consecutive(1)).play("F +5000")
        try script.breaker.replaceConfiguration(.consecutive(2))
        script.play("+1000 =halfOpen")
        #expect(script.snapshot.since == .seconds(5))
    }

    @Test("a result that comes after the end of its round is late, even when nothing else noticed the end")
    func settlement() {
        let configuration = CircuitBreakerConfiguration.consecutive(1).with { $0.halfOpenMaxWait = .seconds(10) }
        let script = BreakerScript(configuration).play("F +5000 A +10000 s =open")
        #expect(script.snapshot.totals.late == 1)
        #expect(script.snapshot.trip == .halfOpenExpired(.seconds(10)))
    }
}
