// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("CircuitBreaker resumed")
struct CircuitBreakerResumeTests {
    private static func breaker(threshold: Int) -> CircuitBreaker {
        CircuitBreaker(
            name: "search",
            configuration: .init(failureThreshold: threshold, openDuration: .seconds(60)),
            clock: ManualClock()
        )
    }

    private static func settle(_ breaker: CircuitBreaker, _ settlement: (consuming CircuitBreaker.Permit) -> Void) {
        switch breaker.tryAcquire() {
        case .admitted(let permit): settlement(permit)
        case .rejected(let rejection): Issue.record("rejected: \(rejection)")
        }
    }

    @Test(
        "failures in a row are counted on, and the one that opens it is always a new one",
        arguments: [(2, 1), (1, 2), (9, 1), (0, 3), (-4, 3)]
    )
    func counting(resumed: Int, missing: Int) {
        let breaker = Self.breaker(threshold: 3)
        breaker.resume(consecutiveFailures: resumed)
        for number in 1...missing {
            #expect(breaker.state == .closed, "before failure \(number)")
            Self.settle(breaker) { $0.fail() }
        }
        #expect(breaker.state == .open)
    }

    @Test("a success ends the row, and one that was counted already is not replaced")
    func notReplaced() {
        let breaker = Self.breaker(threshold: 3)
        breaker.resume(consecutiveFailures: 2)
        Self.settle(breaker) { $0.succeed() }
        #expect(breaker.snapshot.consecutiveFailures == 0)
        Self.settle(breaker) { $0.fail() }
        breaker.resume(consecutiveFailures: 2)
        #expect(breaker.snapshot.consecutiveFailures == 1)
    }

    @Test("where the rule is off, and while it is open, there is nothing to resume")
    func nothing() {
        let off = Self.breaker(threshold: 0)
        off.resume(consecutiveFailures: 2)
        #expect(off.snapshot.consecutiveFailures == 0)
        let open = Self.breaker(threshold: 1)
        Self.settle(open) { $0.fail() }
        open.resume(consecutiveFailures: 1)
        #expect(open.state == .open)
        #expect(open.snapshot.consecutiveFailures == 0)
    }
}
