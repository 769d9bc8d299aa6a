// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

@Suite("Outcome windows: slow calls and new beginnings")
struct SlowCallWindowTests {
    private func measuring(_ window: OutcomeWindowShape) -> CircuitBreakerConfiguration {
        CircuitBreakerConfiguration(
            failureThreshold: 0,
            failureRateThreshold: nil,
            minimumCalls: 1,
            window: window,
            slowCallDuration: .seconds(4)
        )
    }

    @Test("a slow call leaves a count window with its place")
    func countWindow() {
        let script = BreakerScript(measuring(.count(3))).play("SS S SS")
        #expect(script.snapshot.counts.slowCalls == 2)
        script.play("S")
        #expect(script.snapshot.counts.slowCalls == 1)
        script.play("2*S")
        #expect(script.snapshot.counts.slowCalls == 0)
    }

    @Test("a slow call leaves a time window with its slice")
    func timeWindow() {
        let script = BreakerScript(measuring(.time(.seconds(10), buckets: 10))).play("2*SS +5000 SS")
        #expect(script.snapshot.counts.slowCalls == 3)
        script.play("+5000")
        #expect(script.snapshot.counts.slowCalls == 1)
        script.play("+5000")
        #expect(script.snapshot.counts == OutcomeCounts())
    }

    @Test("what was in a time window before a reset never comes back", arguments: [1, 2, 10])
    func emptied(buckets: Int) {
        let script = BreakerScript(measuring(.time(.seconds(10), buckets: buckets))).play("2*FF +5000 FF +5000 F")
        script.breaker.reset()
        #expect(script.snapshot.counts == OutcomeCounts())
        script.play("S")
        #expect(script.snapshot.counts.calls == 1)
        script.play("+9999")
        #expect(script.snapshot.counts.calls == 1)
        #expect(script.snapshot.counts.failures == 0)
        script.play("+1")
        #expect(script.snapshot.counts == OutcomeCounts())
    }

    @Test(
        "the last part of a time window has the outcomes that are younger than it",
        arguments: [(1, 0, 0), (2_000, 0, 0), (2_001, 1, 0), (5_000, 1, 0), (5_001, 3, 2), (10_000, 3, 2)]
    )
    func part(milliseconds: Int, calls: Int, slowCalls: Int) {
        var window = TimeWindow(duration: .seconds(10), buckets: 10)
        window.record(CallOutcome(isFailure: true, isSlow: true), now: .seconds(1))
        window.record(CallOutcome(isFailure: false, isSlow: true), now: .seconds(1))
        window.record(CallOutcome(isFailure: true, isSlow: false), now: .seconds(4))
        let counts = window.counts(ofLast: .milliseconds(milliseconds), now: .seconds(6))
        #expect(counts.calls == calls)
        #expect(counts.slowCalls == slowCalls)
    }
}
