// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// An observer makes a breaker take its lock for every call.
private struct Unmoved: ResilienceObserver {}

/// A lane by itself, as an object, which an expectation can look at.
private final class LaneHolder {
    let lane: SuccessLane
    let clock = ManualClock()
    private let time: TimeSource

    init(isStriped: Bool) {
        lane = SuccessLane(isStriped: isStriped)
        time = clock.timeSource
    }

    func admit() -> UInt64? {
        lane.admit()
    }

    func succeed(_ generation: UInt64, after duration: Duration = .zero) -> Bool {
        let token = AdmissionToken(generation: generation, startedAt: nil, isCounted: true)
        return lane.succeed(token, after: duration, time: time)
    }
}

@Suite("Circuit breaker: calls that are counted without the lock", .timeLimit(.minutes(1)))
struct SuccessLaneTests {
    @Test("random calls leave the same as with a breaker that always takes its lock", arguments: 0..<200)
    func comparison(round: UInt64) throws {
        var random = SeededRandom(seed: 77_000 + round)
        let clock = ManualClock()
        let time = clock.timeSource
        let configuration = randomConfiguration(&random)
        let manager = CircuitBreakerManager(
            haveManyCallers: round % 2 == 0,
            configuration: configuration,
            capacity: 1,
            time: time
        )
        let quick = manager.breaker(for: "db")
        let locked = CircuitBreaker(name: "db", configuration: configuration, time: time, observer: Unmoved())
        let failures = Double.random(in: 0...0.6, using: &random)
        var held: [(PermitHolder, PermitHolder)] = []
        for step in 0..<600 {
            switch Int.random(in: 0..<100, using: &random) {
            case ..<40:
                let (one, other) = (acquire(quick), acquire(locked))
                #expect((one == nil) == (other == nil), "seed \(random.seed), step \(step)")
                if let one, let other { held.append((one, other)) }
            case ..<85 where !held.isEmpty:
                let (one, other) = held.remove(at: Int.random(in: 0..<held.count, using: &random))
                let verdict = random.chance(failures) ? CallVerdict.failure : random.chance(0.9) ? .success : .ignored
                one.take()?.settle(verdict)
                other.take()?.settle(verdict)
            case ..<95:
                clock.advance(by: .milliseconds(Int.random(in: 0...700, using: &random)))
            case 95:
                let next = randomConfiguration(&random, after: configuration)
                try quick.replaceConfiguration(next)
                try locked.replaceConfiguration(next)
            case 96 where Bool.random(using: &random):
                quick.reset()
                locked.reset()
            default:
                #expect(quick.snapshot == locked.snapshot, "seed \(random.seed), step \(step)")
            }
        }
        #expect(quick.snapshot == locked.snapshot, "seed \(random.seed)")
    }

    @Test("a rate that old successes kept down opens at the next success after they have left the window")
    func expiry() {
        let script = BreakerScript(.timed(10, minimum: 4, rate: 0.5)).play("20*S +9500 8*F 4*S =closed +700")
        #expect(script.snapshot.counts.failures == 8)
        script.play("S =open")
        #expect(script.snapshot.trip?.description == "61.5 % of 13 calls failed (threshold 50 %)")
    }

    @Test("a threshold that is lowered below the rate opens at the next success")
    func loweredThreshold() throws {
        let script = BreakerScript(.ring(10, minimum: 4, rate: 0.9)).play("S 3*F 4*S =closed")
        try script.breaker.replaceConfiguration(.ring(10, minimum: 4, rate: 0.3))
        script.play("S =open")
    }

    @Test("a success of before a reset is late", arguments: ["4*S A", "A 4*S"])
    func lateSuccess(before: String) {
        let script = BreakerScript(.consecutive(3)).play(before)
        script.breaker.reset()
        script.play("4*S s =closed")
        #expect(script.snapshot.totals.late == 1)
        #expect(script.snapshot.totals.succeeded == 8)
        #expect(script.snapshot.inFlight == 0)
    }

    @Test(
        "a lane counts admissions, and successes of its generation that are in time and not slow",
        arguments: [false, true]
    )
    func lane(isStriped: Bool) {
        let holder = LaneHolder(isStriped: isStriped)
        #expect(holder.admit() == nil)
        holder.lane.open(7, .init(end: SuccessLane.ticks(.seconds(5)), slow: SuccessLane.ticks(.seconds(1))))
        #expect(holder.admit() == 7)
        #expect(holder.admit() == 7)
        #expect(holder.succeed(7))
        #expect(!holder.succeed(6))
        #expect(!holder.succeed(7, after: .seconds(1)))
        holder.clock.advance(by: .seconds(5))
        #expect(!holder.succeed(7))
        let counts = holder.lane.close()
        #expect(counts.admitted == 2)
        #expect(counts.succeeded == 1)
        #expect(holder.admit() == nil)
    }

    @Test("a lane whose end has passed counts admissions only", arguments: [false, true])
    func passedLane(isStriped: Bool) {
        let holder = LaneHolder(isStriped: isStriped)
        holder.lane.open(7, .init(end: SuccessLane.Limits.passed))
        #expect(holder.admit() == 7)
        #expect(!holder.succeed(7))
        let counts = holder.lane.close()
        #expect(counts.succeeded == 0)
    }

    @Test("no call is lost or counted twice while a breaker trips and is reset under load", arguments: [false, true])
    func totals(isStriped: Bool) async {
        let breaker = CircuitBreakerManager(
            haveManyCallers: isStriped,
            configuration: CircuitBreakerConfiguration(failureThreshold: 0),
            capacity: 1,
            time: TimeSource()
        ).breaker(for: "db")
        let rejected = await withTaskGroup(of: UInt64.self) { group in
            for index in 0..<8 {
                group.addTask {
                    var rejected: UInt64 = 0
                    for call in 0..<5_000 {
                        switch breaker.tryAcquire() {
                        case .admitted(let permit):
                            if call.isMultiple(of: 50) { await Task.yield() }
                            if call.isMultiple(of: 97) { permit.fail() } else { permit.succeed() }
                        case .rejected:
                            rejected += 1
                        }
                        if index == 0, call.isMultiple(of: 101) { breaker.trip(reason: "signal") }
                        if index == 1 || call.isMultiple(of: 103) { breaker.reset() }
                    }
                    return rejected
                }
            }
            return await group.reduce(0, +)
        }
        let snapshot = breaker.snapshot
        let totals = snapshot.totals
        #expect(totals.rejected == rejected)
        #expect(totals.admitted + rejected == 40_000)
        #expect(totals.admitted == totals.succeeded + totals.failed + totals.late)
        #expect(snapshot.inFlight == 0)
    }

    private func acquire(_ breaker: CircuitBreaker) -> PermitHolder? {
        guard case .admitted(let permit) = breaker.tryAcquire() else { return nil }
        return PermitHolder(permit)
    }

    /// One to follow `previous` has the same window, and measures calls where that one did: a call keeps the time of its admission
    /// only if it is measured then.
    private func randomConfiguration(
        _ random: inout SeededRandom,
        after previous: CircuitBreakerConfiguration? = nil
    ) -> CircuitBreakerConfiguration {
        let size = Int.random(in: 1...20, using: &random)
        let buckets = Int.random(in: 1...6, using: &random)
        let shape: OutcomeWindowShape =
            Bool.random(using: &random) ? .count(size) : .time(.seconds(3), buckets: buckets)
        let isMeasured = previous.map { $0.slowCallDuration != nil } ?? random.chance(0.4)
        let slow: Duration? = isMeasured ? .milliseconds(Int.random(in: 1...900, using: &random)) : nil
        return CircuitBreakerConfiguration(
            failureThreshold: Int.random(in: 0...4, using: &random),
            failureRateThreshold: random.chance(0.8) ? Double.random(in: 0.1...1, using: &random) : nil,
            minimumCalls: Int.random(in: 1...12, using: &random),
            window: previous?.window ?? shape,
            slowCallDuration: slow,
            slowCallRateThreshold: slow != nil && random.chance(0.5) ? Double.random(in: 0.1...1, using: &random) : nil,
            openDuration: .milliseconds(500),
            slidingFailures: random.chance(0.3) ? SlidingFailures(3, of: 8) : nil
        )
    }
}
