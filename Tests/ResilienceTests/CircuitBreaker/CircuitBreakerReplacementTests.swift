// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker: a new configuration")
struct CircuitBreakerReplacementTests {
    @Test("outcomes stay in a window of the same shape")
    func sameWindow() throws {
        let script = BreakerScript(.ring(10, minimum: 10, rate: 0.5)).play("3*F")
        try script.breaker.replaceConfiguration(.ring(10, minimum: 5, rate: 0.5))
        #expect(script.snapshot.counts.calls == 3)
        script.play("F =closed F =open")
    }

    @Test("a window of another size holds as many outcomes as it says")
    func otherWindow() throws {
        let script = BreakerScript(.ring(10, minimum: 10, rate: 1)).play("3*F")
        try script.breaker.replaceConfiguration(.ring(2, minimum: 2, rate: 1))
        script.play("3*S")
        #expect(script.snapshot.counts.calls == 2)
    }

    @Test("the last calls stay when only the number of failures among them changes")
    func sameSliding() throws {
        let script = BreakerScript(.consecutive(0).sliding(3, of: 5)).play("F S")
        try script.breaker.replaceConfiguration(.consecutive(0).sliding(2, of: 5))
        #expect(script.snapshot.slidingFailures == 1)
        script.play("F =open")
    }

    @Test("looking back on another number of calls starts empty, and permits become stale")
    func otherSliding() throws {
        let script = BreakerScript(.consecutive(0).sliding(2, of: 5)).play("A F")
        try script.breaker.replaceConfiguration(.consecutive(0).sliding(2, of: 2))
        #expect(script.snapshot.slidingFailures == 0)
        script.play("f =closed F S F =closed F =open")
        #expect(script.snapshot.totals.late == 1)
    }

    @Test("an operator's hold on a breaker outlives a configuration that stays enabled")
    func operatorHold() throws {
        let script = BreakerScript(.consecutive(1))
        script.breaker.disable(reason: "upgrade")
        try script.breaker.replaceConfiguration(.consecutive(2))
        script.play("=disabled")
        #expect(script.snapshot.operatorRequest?.reason == "upgrade")
    }

    @Test("a configuration that enables leaves a breaker disabled that an operator disabled as well")
    func enabledUnderOperator() throws {
        let script = BreakerScript(.consecutive(1).with { $0.isEnabled = false })
        script.breaker.disable(reason: "upgrade")
        try script.breaker.replaceConfiguration(.consecutive(1))
        script.play("=disabled")
        #expect(script.recorder.transitions.isEmpty)
    }

    @Test("a configuration that enables leaves a breaker forced open that an operator forced open")
    func enabledWhileForcedOpen() throws {
        let script = BreakerScript(.consecutive(1).with { $0.isEnabled = false })
        script.breaker.forceOpen()
        try script.breaker.replaceConfiguration(.consecutive(1))
        script.play("=forcedOpen")
    }

    @Test("a configuration that disables leaves a breaker disabled that was so, without an event")
    func disabledTwice() throws {
        let script = BreakerScript(.consecutive(1))
        script.breaker.disable()
        try script.breaker.replaceConfiguration(.consecutive(1).with { $0.isEnabled = false })
        script.play("=disabled")
        #expect(script.recorder.transitions == ["closed → disabled"])
    }

    @Test("a disabled configuration that is replaced by another leaves the breaker as the operator wants it")
    func disabledThroughout() throws {
        let script = BreakerScript(.consecutive(1).with { $0.isEnabled = false })
        script.breaker.forceOpen()
        try script.breaker.replaceConfiguration(.consecutive(2).with { $0.isEnabled = false })
        script.play("=forcedOpen")
        #expect(script.recorder.transitions == ["disabled → forced open"])
    }
}
