// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker: the operator")
struct CircuitBreakerOperatorTests {
    @Test("forced open stays open whatever the clock says, until a reset (row 51)")
    func forcedOpen() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.forceOpen(reason: "database upgrade", by: "alice")
        script.play("+3600000 A! =forcedOpen")
        #expect(script.breaker.httpStatus == 503)
        script.breaker.reset(by: "alice")
        script.play("=closed S")
        #expect(script.recorder.events.map(\.reasonText) == ["by alice: database upgrade", "by alice"])
    }

    @Test("a rejection while forced open has no wait, but the operator's reason (row 56)")
    func forcedOpenRejection() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.forceOpen(reason: "upgrade")
        guard case .rejected(let rejection) = script.breaker.tryAcquire() else {
            Issue.record("admitted")
            return
        }
        #expect(rejection == .forcedOpen(reason: "upgrade"))
        #expect(rejection.retryAfter == nil)
        script.breaker.reset()
        script.play("=closed S")
    }

    @Test(
        "an operator's state ends by itself when its time is over",
        arguments: [CircuitBreakerState.forcedOpen, .disabled, .metricsOnly]
    )
    func ends(state: CircuitBreakerState) throws {
        let script = BreakerScript(.consecutive(1))
        try script.breaker.transition(to: state, for: .seconds(600), reason: "test", by: "bob")
        script.play("+599999")
        #expect(script.state == state)
        #expect(script.snapshot.remainingOperatorTime == .milliseconds(1))
        script.play("+1 =closed")
        #expect(script.recorder.events.last?.reason == .operatorTimeElapsed)
    }

    @Test("asking again for the same operator state renews its time without an event")
    func renew() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.forceOpen(for: .seconds(10))
        script.play("+9000")
        script.breaker.forceOpen(for: .seconds(10))
        script.play("+9000 =forcedOpen +1000 =closed")
        #expect(script.recorder.events.count == 2)
    }

    @Test("disabled admits everything and counts nothing (row 52)")
    func disabled() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.disable()
        script.play("10*F =disabled")
        #expect(script.snapshot.totals.failed == 0)
        #expect(script.snapshot.totals.admitted == 0)
        #expect(script.snapshot.counts.calls == 0)
    }

    @Test("a call admitted while disabled counts nothing when it ends later")
    func disabledLate() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.disable()
        script.play("A")
        script.breaker.reset()
        script.play("f =closed")
        #expect(script.snapshot.totals.failed == 0)
        #expect(script.snapshot.totals.late == 0)
        #expect(script.snapshot.inFlight == 0)
    }

    @Test("metrics-only counts and notes once for each crossing that it would have opened")
    func metricsOnly() {
        let script = BreakerScript(.consecutive(2))
        script.breaker.observeOnly()
        script.play("5*F =metricsOnly S 2*F")
        #expect(script.snapshot.totals.wouldHaveOpened == 2)
        #expect(script.snapshot.totals.failed == 7)
        #expect(script.recorder.transitions == ["closed → metrics only"])
    }

    @Test(
        "half-open cannot be asked for (row 54)",
        arguments: [CircuitBreakerState.closed, .open, .forcedOpen, .disabled]
    )
    func illegal(from: CircuitBreakerState) {
        let script = BreakerScript(.consecutive(1), initialState: from)
        #expect(throws: IllegalTransition(from: from, to: .halfOpen)) { try script.breaker.transition(to: .halfOpen) }
        #expect(script.state == from)
        #expect(script.recorder.events.isEmpty)
    }

    @Test("open cannot be asked for over an operator's head", arguments: [CircuitBreakerState.forcedOpen, .disabled])
    func openFromOperatorState(from: CircuitBreakerState) {
        let script = BreakerScript(.consecutive(1), initialState: from)
        #expect(throws: IllegalTransition(from: from, to: .open)) { try script.breaker.transition(to: .open) }
        #expect(script.state == from)
    }

    @Test("a transition to the state it is in emits nothing (row 55)")
    func selfTransition() throws {
        let script = BreakerScript(.consecutive(1)).play("F =open")
        try script.breaker.transition(to: .open)
        script.play("+5000 =halfOpen")
        try script.breaker.transition(to: .halfOpen)
        #expect(script.recorder.transitions == ["closed → open", "open → half-open"])
    }

    @Test(
        "a breaker is in its initial state before any call (row 59)",
        arguments: [CircuitBreakerState.open, .metricsOnly, .forcedOpen, .disabled]
    )
    func initialState(state: CircuitBreakerState) {
        #expect(BreakerScript(.consecutive(1), initialState: state).state == state)
    }

    @Test("a breaker made open half-opens after its wait")
    func initiallyOpen() {
        BreakerScript(.consecutive(1), initialState: .open).play("A! +4999 =open +1 =halfOpen S =closed")
    }

    @Test("a signal opens for its own time and says so")
    func signal() {
        let script = BreakerScript(.consecutive(1))
        #expect(script.breaker.trip(for: .seconds(2), reason: "error budget spent"))
        #expect(!script.breaker.trip(reason: "again"))
        #expect(script.recorder.events.map(\.reasonText) == ["error budget spent"])
        script.play("+1999 =open +1 =halfOpen")
    }

    @Test("a reset while closed empties the window without an event and makes permits stale")
    func resetClosed() {
        let script = BreakerScript(.consecutive(3)).play("A 2*F")
        script.breaker.reset()
        script.play("f F F =closed F =open")
        #expect(script.snapshot.totals.late == 1)
        #expect(script.recorder.events.count == 1)
    }

    @Test("new thresholds keep the outcomes")
    func replaceThresholds() throws {
        let script = BreakerScript(.consecutive(5)).play("A 3*F")
        try script.breaker.replaceConfiguration(.consecutive(4))
        script.play("=closed f =open")
    }

    @Test("a window of another shape starts empty and makes permits stale")
    func replaceShape() throws {
        let script = BreakerScript(.ring(10, minimum: 5, rate: 0.5)).play("A 4*F")
        try script.breaker.replaceConfiguration(.ring(20, minimum: 5, rate: 0.5))
        #expect(script.snapshot.counts.calls == 0)
        script.play("f 4*F =closed F =open")
    }

    @Test("an open period keeps its end, a half-open round starts again under the new limits")
    func replaceWhileOpen() throws {
        let script = BreakerScript(.consecutive(1, successes: 3, halfOpenMaxCalls: 3)).play("F +1000")
        try script.breaker.replaceConfiguration(
            .consecutive(1, successes: 2, halfOpenMaxCalls: 2, openDuration: .seconds(1))
        )
        script.play("+3999 =open +1 =halfOpen S A")
        try script.breaker.replaceConfiguration(.consecutive(1))
        script.play("=halfOpen S =closed s")
        #expect(script.snapshot.totals.late == 1)
    }

    @Test("a configuration that disables and enables again is a transition each")
    func replaceEnabled() throws {
        let script = BreakerScript(.consecutive(1)).play("F =open")
        try script.breaker.replaceConfiguration(.consecutive(1).with { $0.isEnabled = false })
        script.play("=disabled F")
        script.breaker.reset()
        script.play("=disabled")
        try script.breaker.replaceConfiguration(.consecutive(1))
        script.play("=closed")
        #expect(script.recorder.transitions == ["closed → open", "open → disabled", "disabled → closed"])
    }

    @Test("an invalid configuration is refused and the old one stays")
    func replaceInvalid() {
        let script = BreakerScript(.consecutive(2))
        #expect(throws: InvalidConfiguration.self) { try script.breaker.replaceConfiguration(.init(minimumCalls: 0)) }
        #expect(script.breaker.configuration.failureThreshold == 2)
    }
}
