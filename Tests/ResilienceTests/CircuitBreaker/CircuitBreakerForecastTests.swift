// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// What a retry asks before it waits, so that it does not wait for a certain rejection.
@Suite("Circuit breaker: the rejection after a wait")
struct CircuitBreakerForecastTests {
    @Test(
        "an open breaker rejects what comes before the end of its wait, and tells what is left of it",
        arguments: [(0, true), (1_999, true), (2_000, false), (2_001, false)]
    )
    func open(wait: Int, isRejected: Bool) {
        let script = BreakerScript(.consecutive(1)).play("F +3000")
        #expect(
            script.breaker.rejection(in: .milliseconds(wait))
                == (isRejected ? .open(retryAfter: .seconds(2), cause: FailureCause("refused")) : nil)
        )
        #expect(script.snapshot.totals.rejected == 0)
    }

    @Test("a wait that has passed unseen rejects nothing")
    func passed() {
        let script = BreakerScript(.consecutive(1)).play("F +5000")
        #expect(script.breaker.rejection(in: .zero) == nil)
        #expect(script.recorder.transitions == ["closed → open", "open → half-open"])
    }

    @Test(
        "a breaker forced open for a time rejects what comes before the end of it",
        arguments: [(1_999, true), (2_000, false), (2_001, false)]
    )
    func forcedOpen(wait: Int, isRejected: Bool) {
        let script = BreakerScript(.consecutive(1)).play("+1000")
        script.breaker.forceOpen(for: .seconds(5), reason: "upgrade")
        script.play("+3000")
        #expect(
            script.breaker.rejection(in: .milliseconds(wait))
                == (isRejected ? .forcedOpen(reason: "upgrade") : nil)
        )
    }

    @Test("a breaker forced open without a time rejects after any wait")
    func forcedOpenForEver() {
        let script = BreakerScript(.consecutive(1))
        script.breaker.forceOpen()
        #expect(script.breaker.rejection(in: .seconds(1_000_000)) == .forcedOpen(reason: nil))
    }
}
