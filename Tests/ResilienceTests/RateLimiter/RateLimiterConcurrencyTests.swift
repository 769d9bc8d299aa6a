// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Rate limiter: many callers at once", .timeLimit(.minutes(5)))
struct RateLimiterConcurrencyTests {
    private let clock = ManualClock()

    @Test("of a hundred tasks exactly a burst is admitted, by the limiter and by the one of each key")
    func admitted() async {
        let limiter = RateLimiter(.perHour(7), time: clock.timeSource)
        let keyed = KeyedRateLimiter<Int>(.perHour(5), time: clock.timeSource)
        let admitted = Tally()
        let admittedByKey = Tally()
        await withTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    if limiter.tryAcquire().isAllowed { admitted.add() }
                    if keyed.tryAcquire(number % 2).isAllowed { admittedByKey.add() }
                }
            }
        }
        #expect(admitted.count == 7)
        #expect(admittedByKey.count == 10)
    }

    @Test("100,000 cancelled waits leave the limit as if they had never been")
    func cancelled() async {
        let limiter = RateLimiter(.perSecond(10), time: clock.timeSource)
        for _ in 0..<10 { _ = limiter.tryAcquire() }
        await callCancelled(100_000) { try? await limiter.acquire(within: .seconds(1_000_000)) }
        #expect(limiter.tryAcquire() == .limited(retryAfter: .milliseconds(100)))
        #expect(clock.sleeperCount == 0)
        clock.advance(by: .seconds(1))
        #expect((0..<20).count { _ in limiter.tryAcquire().isAllowed } == 10)
    }

    @Test("20,000 cancelled waits for keys leave their limits as if they had never been")
    func cancelledPerKey() async {
        let limiter = KeyedRateLimiter<Int>(.perSecond(1), time: clock.timeSource)
        for key in 0..<4 { _ = limiter.tryAcquire(key) }
        let calls = Tally()
        await callCancelled(20_000) {
            try? await limiter.acquire(calls.add() % 4, within: .seconds(1_000_000))
        }
        for key in 0..<4 { #expect(limiter.tryAcquire(key) == .limited(retryAfter: .seconds(1))) }
    }
}
