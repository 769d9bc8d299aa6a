// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// An observer makes a breaker take its lock for every call.
private struct Unmoved: ResilienceObserver {}

@Suite("Circuit breaker: calls that are counted without the lock", .timeLimit(.minutes(1)))
struct SuccessLaneTests {
    @Test("random calls leave the same as with a breaker that always takes its lock", arguments: 0..<200)
    func comparison(round: UInt64) throws {
        var random = SeededRandom(seed: 77_000 + round)
        let clock = ManualClock()
        let time = clock.timeSource
        let configuration = randomConfiguration(&random)
        let quick = CircuitBreaker(name: "db", configuration: configuration, time: time)
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
                let next = randomConfiguration(&random, window: configuration.window)
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
        let script = BreakerScript(.timed(10, minimum: 4, rate: 0.5)).play("7*S +9500 3*F S =closed +700")
        #expect(script.snapshot.counts.failureRate == 0.75)
        script.play("S =open")
        #expect(script.snapshot.trip?.description == "60 % of 5 calls failed (threshold 50 %)")
    }

    @Test("a threshold that is lowered below the rate opens at the next success")
    func loweredThreshold() throws {
        let script = BreakerScript(.ring(10, minimum: 4, rate: 0.9)).play("3*F 3*S =closed")
        try script.breaker.replaceConfiguration(.ring(10, minimum: 4, rate: 0.4))
        script.play("S =open")
    }

    @Test("a success of before a reset is late", arguments: ["S A", "A S"])
    func lateSuccess(before: String) {
        let script = BreakerScript(.consecutive(3)).play("S \(before)")
        script.breaker.reset()
        script.play("S s =closed")
        #expect(script.snapshot.totals.late == 1)
        #expect(script.snapshot.totals.succeeded == 3)
        #expect(script.snapshot.inFlight == 0)
    }

    @Test("no call is lost or counted twice while a breaker trips and is reset under load")
    func totals() async {
        let script = BreakerScript(.consecutive(0))
        let breaker = script.breaker
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
        let snapshot = script.snapshot
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

    private func randomConfiguration(
        _ random: inout SeededRandom,
        window: OutcomeWindowShape? = nil
    ) -> CircuitBreakerConfiguration {
        let size = Int.random(in: 1...20, using: &random)
        let buckets = Int.random(in: 1...6, using: &random)
        let shape: OutcomeWindowShape =
            Bool.random(using: &random) ? .count(size) : .time(.seconds(3), buckets: buckets)
        return CircuitBreakerConfiguration(
            failureThreshold: Int.random(in: 0...4, using: &random),
            failureRateThreshold: random.chance(0.8) ? Double.random(in: 0.1...1, using: &random) : nil,
            minimumCalls: Int.random(in: 1...12, using: &random),
            window: window ?? shape,
            openDuration: .milliseconds(500),
            slidingFailures: random.chance(0.3) ? SlidingFailures(3, of: 8) : nil
        )
    }
}
