// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// A random limit of which some divide their period and some do not.
private func randomLimit(_ random: inout SeededRandom) -> RateLimit {
    RateLimit(
        Int.random(in: 1...50, using: &random),
        per: .milliseconds(Int.random(in: 1...3_000, using: &random)),
        burst: Int.random(in: 1...8, using: &random)
    )
}

/// One limiter; callers that wait are tasks that sleep on the manual clock.
private struct LimiterTwins: Twins {
    enum Command: Sendable {
        case advance(share: Double)
        case tryAcquire(Int)
        case acquire(Int, within: Double)
        /// Whoever has waited so many places longest is cancelled.
        case cancel(Int)
    }

    private let limit: RateLimit
    private let clock = ManualClock()
    private let limiter: RateLimiter
    private var naive: NaiveRateLimit
    private var waiting: [(task: Task<Bool, Never>, position: Int)] = []

    init(_ random: inout SeededRandom) {
        limit = randomLimit(&random)
        limiter = RateLimiter(limit, time: clock.timeSource)
        naive = NaiveRateLimit(limit)
    }

    var setting: String { "\(limit.count) per \(limit.period), burst \(limit.burst)" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<10, using: &random) {
        case ..<4: .advance(share: random.chance(0.1) ? 20 * random.unit() : 2 * random.unit())
        case ..<6: .tryAcquire(Int.random(in: 1...8, using: &random))
        case ..<8: .acquire(Int.random(in: 1...8, using: &random), within: 30 * random.unit())
        default: .cancel(Int.random(in: 0..<5, using: &random))
        }
    }

    mutating func play(_ command: Command) async -> String? {
        let now = clock.now.offset
        switch command {
        case .advance(let share):
            clock.advance(by: naive.interval.scaled(by: share, atMost: .seconds(100)))
            return await served()
        case .tryAcquire(let count):
            let permits = min(count, limit.burst)
            return difference("the answer", limiter.tryAcquire(permits), naive.decide(permits, now))
        case .acquire(let count, let share):
            let permits = min(count, limit.burst)
            return await acquire(permits, within: naive.interval.scaled(by: share, atMost: .seconds(100)), now)
        case .cancel(let place):
            guard place < waiting.count else { return nil }
            let (task, position) = waiting.remove(at: place)
            task.cancel()
            naive.giveUp(position)
            return difference("whether a cancelled call goes ahead", await task.value, false)
        }
    }

    mutating func finish() async -> String? {
        clock.advance(by: .seconds(100_000))
        let text = await served()
        return text ?? difference("who still waits", waiting.count, 0) ?? naive.overload
    }

    private mutating func acquire(_ permits: Int, within maxWait: Duration, _ now: Duration) async -> String? {
        let wait = naive.wait(permits, now)
        let limiter = limiter
        let before = clock.sleeperCount
        let ended = Tally()
        let task = Task {
            defer { ended.add() }
            return (try? await limiter.acquire(permits, within: maxWait)) != nil
        }
        while ended.count == 0 && clock.sleeperCount == before { await Task.yield() }
        let waits = wait > .zero && wait <= maxWait
        if let text = difference("whether the call waits", clock.sleeperCount > before, waits) { return text }
        if wait <= maxWait { naive.take(permits, now) }
        if waits {
            waiting.append((task, naive.reservations.count - 1))
            return nil
        }
        return difference("whether the call goes ahead", await task.value, wait <= maxWait)
    }

    /// Those whose moment has come go ahead, the others sleep on.
    private mutating func served() async -> String? {
        let now = clock.now.offset
        let due = waiting.filter { naive.reservations[$0.position].start <= now }
        waiting.removeAll { naive.reservations[$0.position].start <= now }
        if let text = difference("who sleeps", clock.sleeperCount, waiting.count) { return text }
        for (task, _) in due {
            if let text = difference("whether the call goes ahead", await task.value, true) { return text }
        }
        return nil
    }
}

/// Several keys in a limiter that has room for some of them.
private struct KeyedLimiterTwins: Twins {
    enum Command: Sendable {
        case advance(share: Double)
        case tryAcquire(key: Int, Int)
        case remove(key: Int)
    }

    private let limit: RateLimit
    private let capacity: Int
    private let clock = ManualClock()
    private let limiter: KeyedRateLimiter<Int>
    private var naive: [Int: NaiveRateLimit] = [:]
    /// Keys whose debt may have been forgotten for want of room.
    private var uncertain: Set<Int> = []

    init(_ random: inout SeededRandom) {
        limit = randomLimit(&random)
        capacity = Int.random(in: 1...8, using: &random)
        limiter = KeyedRateLimiter(limit, capacity: capacity, time: clock.timeSource)
    }

    var setting: String { "\(limit.count) per \(limit.period), burst \(limit.burst), room for \(capacity)" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<10, using: &random) {
        case ..<4: .advance(share: random.chance(0.1) ? 20 * random.unit() : 2 * random.unit())
        case ..<9: .tryAcquire(key: Int.random(in: 0..<6, using: &random), Int.random(in: 1...8, using: &random))
        default: .remove(key: Int.random(in: 0..<6, using: &random))
        }
    }

    mutating func play(_ command: Command) -> String? {
        let now = clock.now.offset
        switch command {
        case .advance(let share):
            clock.advance(by: naive(0).interval.scaled(by: share, atMost: .seconds(100)))
        case .tryAcquire(let key, let count):
            let permits = min(count, limit.burst)
            let forgotten = limiter.forgottenInDebt
            let decision = limiter.tryAcquire(key, permits)
            if limiter.forgottenInDebt > forgotten { uncertain = Set(0..<6) }
            var naive = naive(key)
            let expected = naive.decide(permits, now)
            self.naive[key] = naive
            if !uncertain.contains(key), let text = difference("the answer for \(key)", decision, expected) {
                return text
            }
        case .remove(let key):
            limiter.remove(key)
            naive[key] = nil
            uncertain.remove(key)
        }
        if capacity >= 6, limiter.forgottenInDebt > 0 { return "a debt was forgotten with room for all keys" }
        return limiter.count <= capacity ? nil : "\(limiter.count) keys are kept"
    }

    private func naive(_ key: Int) -> NaiveRateLimit {
        naive[key] ?? NaiveRateLimit(limit)
    }
}

@Suite("Rate limiter: against a naive model", .timeLimit(.minutes(1)))
struct RateLimiterModelTests {
    @Test(
        "random calls, waits and cancellations get the answers of an exact token bucket and never exceed the limit",
        arguments: 0..<100
    )
    func limiter(seed: UInt64) async {
        await check(LimiterTwins.self, seed: seed, steps: 100)
    }

    @Test("every key has a token bucket of its own, in random traffic and with little room", arguments: 0..<100)
    func keyed(seed: UInt64) async {
        await check(KeyedLimiterTwins.self, seed: seed, steps: 200)
    }

    @Test("permits whose time has come are used up, even when their caller was cancelled before it woke")
    func lateCancellation() throws {
        let schedule = VirtualSchedule(.perSecond(1, burst: 1))
        for (milliseconds, wait) in [(999, Duration.milliseconds(1)), (1_000, .seconds(1))] {
            var taken = TakenPermits(now: .zero)
            _ = schedule.reserve(1, within: .zero, &taken, now: .zero)
            let reservation = try schedule.reserve(1, within: .seconds(9), &taken, now: .zero).get()
            #expect(reservation.wait == .seconds(1))
            let now = Duration.milliseconds(milliseconds)
            schedule.giveBack(reservation, &taken, now: now)
            #expect(schedule.wait(for: 1, usedUpAt: taken.usedUpAt, now: now) == wait)
        }
    }
}
