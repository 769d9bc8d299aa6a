// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Rate limiter")
struct RateLimiterTests {
    private let clock = ManualClock()

    private func makeLimiter(_ limit: RateLimit) -> RateLimiter {
        RateLimiter(limit, time: clock.timeSource)
    }

    private func allowed(_ limiter: RateLimiter, of tries: Int) -> Int {
        (0..<tries).count { _ in limiter.tryAcquire().isAllowed }
    }

    @Test("a burst passes at once, then permits come back at the rate (row L3, T14)")
    func burst() {
        let limiter = makeLimiter(.perSecond(100))
        #expect(allowed(limiter, of: 200) == 100)
        #expect(limiter.tryAcquire() == .limited(retryAfter: .milliseconds(10)))
        clock.advance(by: .milliseconds(500))
        #expect(allowed(limiter, of: 200) == 50)
        #expect(limiter.tryAcquire() == .limited(retryAfter: .milliseconds(10)))
        clock.advance(by: .seconds(3_600))
        #expect(allowed(limiter, of: 200) == 100)
    }

    @Test("the wait it names is exact: one tick earlier is refused, at that time it passes")
    func exactWait() {
        let limiter = makeLimiter(.perMinute(7, burst: 1))
        #expect(limiter.tryAcquire() == .allowed(remaining: 0))
        guard case .limited(let wait) = limiter.tryAcquire() else {
            Issue.record("allowed")
            return
        }
        clock.advance(by: wait - Duration(secondsComponent: 0, attosecondsComponent: 1))
        #expect(!limiter.tryAcquire().isAllowed)
        clock.advance(by: Duration(secondsComponent: 0, attosecondsComponent: 1))
        #expect(limiter.tryAcquire().isAllowed)
    }

    @Test("the limits count per second, minute, hour and any period")
    func periods() {
        #expect(allowed(makeLimiter(.perSecond(3)), of: 10) == 3)
        #expect(allowed(makeLimiter(.perMinute(60)), of: 100) == 60)
        #expect(allowed(makeLimiter(.perHour(5)), of: 10) == 5)
        #expect(allowed(makeLimiter(.init(4, per: .milliseconds(250), burst: 2)), of: 10) == 2)
        let limiter = makeLimiter(.perMinute(60, burst: 1))
        _ = limiter.tryAcquire()
        #expect(limiter.tryAcquire() == .limited(retryAfter: .seconds(1)))
    }

    @Test("several permits at once, and what remains")
    func several() {
        let limiter = makeLimiter(.perSecond(10))
        #expect(limiter.tryAcquire(4) == .allowed(remaining: 6))
        #expect(limiter.tryAcquire(7) == .limited(retryAfter: .milliseconds(100)))
        #expect(limiter.tryAcquire(6) == .allowed(remaining: 0))
    }

    @Test("waiting callers are spread at the rate, in order of arrival (row L2)", .timeLimit(.minutes(1)))
    func acquire() async throws {
        let limiter = makeLimiter(.perSecond(2))
        let clock = clock
        let done = Recorder<Int>()
        let tasks = await (0..<7).asyncMap { number in
            let task = Task {
                try await limiter.acquire(within: .seconds(10))
                done.append(number)
            }
            if number < 2 { _ = await task.result } else { await clock.waitForSleepers(number - 1) }
            return task
        }
        #expect(done.values == [0, 1])
        var wakes: [Duration] = []
        for number in 2..<7 {
            clock.advanceToNextDeadline()
            wakes.append(clock.now.offset)
            try await tasks[number].value
        }
        #expect(wakes == [500, 1_000, 1_500, 2_000, 2_500].map { .milliseconds($0) })
        #expect(done.values == Array(0..<7))
    }

    @Test("a wait that would be too long is refused at once and takes nothing", .timeLimit(.minutes(1)))
    func tooLong() async {
        let limiter = makeLimiter(.perSecond(1))
        _ = limiter.tryAcquire()
        await #expect(throws: RateLimitRejection.exceeded(retryAfter: .seconds(1))) {
            try await limiter.acquire(within: .milliseconds(999))
        }
        await withDeadline(.milliseconds(500), time: clock.timeSource) { () async in
            _ = await #expect(throws: RateLimitRejection.exceeded(retryAfter: .seconds(1))) {
                try await limiter.acquire(within: .seconds(10))
            }
        }
        clock.advance(by: .seconds(1))
        #expect(limiter.tryAcquire().isAllowed)
    }

    @Test("a cancelled wait gives its permits back", .timeLimit(.minutes(1)))
    func cancelled() async {
        let limiter = makeLimiter(.perSecond(1))
        _ = limiter.tryAcquire()
        let task = Task { try await limiter.acquire(within: .seconds(10)) }
        await clock.waitForSleepers(1)
        #expect(limiter.tryAcquire() == .limited(retryAfter: .seconds(2)))
        task.cancel()
        await #expect(throws: RateLimitRejection.cancelled) { try await task.value }
        #expect(limiter.tryAcquire() == .limited(retryAfter: .seconds(1)))
    }

    @Test("a cancelled wait lets nobody start beside somebody who came before it", .timeLimit(.minutes(1)))
    func cancelledInTheMiddle() async throws {
        let limiter = makeLimiter(.perSecond(1, burst: 1))
        _ = limiter.tryAcquire()
        let first = Task { try await limiter.acquire(within: .seconds(10)) }
        await clock.waitForSleepers(1)
        let second = Task { try await limiter.acquire(within: .seconds(10)) }
        await clock.waitForSleepers(2)
        first.cancel()
        _ = await first.result
        #expect(limiter.tryAcquire() == .limited(retryAfter: .seconds(3)))
        second.cancel()
        _ = await second.result
        #expect(limiter.tryAcquire() == .limited(retryAfter: .seconds(1)))
    }
}

@Suite("Rate limiter per key")
struct KeyedRateLimiterTests {
    private let clock = ManualClock()

    @Test("every key has its own permits")
    func separate() {
        let limiter = KeyedRateLimiter<String>(.perSecond(1), time: clock.timeSource)
        #expect(limiter.tryAcquire("a").isAllowed)
        #expect(limiter.tryAcquire("a") == .limited(retryAfter: .seconds(1)))
        #expect(limiter.tryAcquire("b").isAllowed)
        #expect(limiter.remove("a"))
        #expect(limiter.tryAcquire("a").isAllowed)
    }

    @Test("a flood of keys stays within the capacity and loses no debt while old keys have recovered")
    func bounded() {
        let limiter = KeyedRateLimiter<Int>(.perSecond(1), capacity: 100, time: clock.timeSource)
        for key in 0..<10_000 {
            _ = limiter.tryAcquire(key)
            clock.advance(by: .milliseconds(20))
        }
        #expect(limiter.count == 100)
        #expect(limiter.forgottenInDebt == 0)
    }

    @Test("a flood of keys all in debt stays within the capacity too, and is counted")
    func overwhelmed() {
        let limiter = KeyedRateLimiter<Int>(.perHour(1), capacity: 100, time: clock.timeSource)
        for key in 0..<10_000 { #expect(limiter.tryAcquire(key).isAllowed) }
        #expect(limiter.count == 100)
        #expect(limiter.forgottenInDebt == 9_900)
    }

    @Test("waiting for a key, and giving back when cancelled", .timeLimit(.minutes(1)))
    func acquire() async throws {
        let limiter = KeyedRateLimiter<String>(.perSecond(1), time: clock.timeSource)
        try await limiter.acquire("a", within: .zero)
        let task = Task { try await limiter.acquire("a", within: .seconds(10)) }
        await clock.waitForSleepers(1)
        task.cancel()
        await #expect(throws: RateLimitRejection.cancelled) { try await task.value }
        #expect(limiter.tryAcquire("a") == .limited(retryAfter: .seconds(1)))
        await #expect(throws: RateLimitRejection.exceeded(retryAfter: .seconds(1))) {
            try await limiter.acquire("a", within: .milliseconds(1))
        }
    }

    @Test("a wait that is cancelled after its key was forgotten gives nothing to the new one", .timeLimit(.minutes(1)))
    func cancelledAfterRemoval() async throws {
        let limiter = KeyedRateLimiter<String>(.perSecond(1), time: clock.timeSource)
        _ = limiter.tryAcquire("a")
        let task = Task { try await limiter.acquire("a", within: .seconds(10)) }
        await clock.waitForSleepers(1)
        limiter.remove("a")
        #expect(limiter.tryAcquire("a").isAllowed)
        task.cancel()
        _ = await task.result
        #expect(limiter.tryAcquire("a") == .limited(retryAfter: .seconds(1)))
    }
}
