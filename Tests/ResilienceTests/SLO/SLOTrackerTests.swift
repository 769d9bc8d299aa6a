// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("SLO tracker")
struct SLOTrackerTests {
    private let clock = ManualClock()

    private func makeTracker(
        _ configuration: SLOConfiguration = .init(),
        tripping breaker: CircuitBreaker? = nil
    ) -> SLOTracker {
        SLOTracker(configuration, tripping: breaker, time: clock.timeSource)
    }

    private func record(_ tracker: SLOTracker, successes: Int, failures: Int) {
        for _ in 0..<successes { tracker.record(isSuccess: true) }
        for _ in 0..<failures { tracker.record(isSuccess: false) }
    }

    @Test(
        "the budget is what the target leaves (row O1)",
        arguments: [(100, 0, false, 1.0), (99, 1, false, 0.0), (98, 2, true, 0.0), (199, 1, false, 0.5)]
    )
    func budget(successes: Int, failures: Int, isViolated: Bool, remaining: Double) {
        let tracker = makeTracker()
        record(tracker, successes: successes, failures: failures)
        #expect(tracker.status.isViolated == isViolated)
        #expect(tracker.status.errorBudgetRemaining == remaining)
        #expect(tracker.status.events == successes + failures)
    }

    @Test("one failure of one call is no violation (T11)")
    func minimumEvents() {
        let tracker = makeTracker()
        record(tracker, successes: 0, failures: 1)
        #expect(!tracker.status.isViolated)
        #expect(!tracker.status.isBurning)
        record(tracker, successes: 0, failures: 9)
        #expect(tracker.status.isViolated)
    }

    @Test("nothing recorded is a full budget")
    func empty() {
        let status = makeTracker().status
        #expect(status.successRate == nil)
        #expect(status.errorBudgetRemaining == 1)
        #expect(!status.isViolated)
    }

    @Test("what has left the window is forgiven")
    func window() {
        let tracker = makeTracker()
        record(tracker, successes: 0, failures: 50)
        clock.advance(by: .seconds(300))
        #expect(tracker.status.events == 0)
        #expect(!tracker.status.isViolated)
    }

    @Test("a sudden outage fires the fast rule, which stops when the outage does")
    func burnRates() {
        let tracker = makeTracker(.init(window: .seconds(864)))
        for _ in 0..<600 {
            record(tracker, successes: 10, failures: 0)
            clock.advance(by: .seconds(1))
        }
        #expect(!tracker.status.isBurning)
        for _ in 0..<12 {
            record(tracker, successes: 5, failures: 5)
            clock.advance(by: .seconds(1))
        }
        record(tracker, successes: 0, failures: 1)
        let fast = tracker.status.burnRates[0]
        #expect(fast.rule.factor == 14.4)
        #expect(fast.isFiring)
        #expect(tracker.status.burnRates[2].long < 2)
        clock.advance(by: .seconds(2))
        record(tracker, successes: 10, failures: 0)
        #expect(!tracker.status.burnRates[0].isFiring)
    }

    @Test("a violation opens the breaker once, without inventing failures (T11)")
    func signal() {
        let recorder = TransitionRecorder()
        let breaker = CircuitBreaker(
            name: "db",
            configuration: .consecutive(0),
            clock: clock,
            onTransition: recorder.record
        )
        let tracker = makeTracker(tripping: breaker)
        record(tracker, successes: 90, failures: 9)
        #expect(recorder.events.map(\.reasonText) == ["the success rate is below its target of 99 %"])
        #expect(breaker.snapshot.totals.failed == 0)
        breaker.reset()
        record(tracker, successes: 10, failures: 10)
        #expect(breaker.state == .closed)
        clock.advance(by: .seconds(300))
        record(tracker, successes: 100, failures: 2)
        #expect(breaker.state == .open)
    }

    @Test("random outcomes agree with a list of them", arguments: 0..<10)
    func model(round: UInt64) {
        var random = SeededRandom(seed: 17_000 + round)
        let target = 0.5 + random.unit() * 0.49
        let tracker = makeTracker(.init(targetSuccessRate: target, minimumEvents: 5))
        var failures = 0
        for calls in 1...200 {
            let fails = random.chance(0.2)
            failures += fails ? 1 : 0
            tracker.record(isSuccess: !fails)
            clock.advance(by: .milliseconds(Int.random(in: 0...1_000, using: &random)))
            let rate = Double(failures) / Double(calls)
            let status = tracker.status
            #expect(status.failures == failures, "seed \(random.seed)")
            #expect(abs(status.errorBudgetRemaining - max(0, 1 - rate / (1 - target))) < 1e-6, "seed \(random.seed)")
            #expect(status.isViolated == (calls >= 5 && 1 - rate < target - 1e-12), "seed \(random.seed)")
        }
    }

    @Test(
        "a setting out of its range is named with its value",
        arguments: [
            (SLOConfiguration(targetSuccessRate: 1), "targetSuccessRate: 1.0 is not between 0 and 1"),
            (.init(minimumEvents: 0), "minimumEvents: 0 is less than 1"),
            (
                .init(burnRateRules: [.init(2, long: .seconds(600), short: .seconds(1))]),
                "burnRateRules: 2.0 over 600.0 seconds and 1.0 seconds does not fit the window of 300.0 seconds"
            ),
        ]
    )
    func invalid(configuration: SLOConfiguration, message: String) {
        let error = #expect(throws: InvalidConfiguration.self) { try configuration.validate() }
        #expect(error?.description == message)
    }
}
