// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker: many callers at once")
struct CircuitBreakerConcurrencyTests {
    @Test(
        "exactly as many calls as the round allows are admitted when the wait ends (row 41)",
        .timeLimit(.minutes(1)),
        arguments: [1, 3]
    )
    func admissionAtExpiry(calls: Int) async {
        let script = BreakerScript(.consecutive(1, successes: calls, halfOpenMaxCalls: calls)).play("F +5000")
        let breaker = script.breaker
        let admitted = Tally()
        let gate = Gate()
        let holders = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    guard case .admitted(let permit) = breaker.tryAcquire() else { return false }
                    admitted.add()
                    await gate.wait()
                    permit.ignore()
                    return true
                }
            }
            while admitted.count + Int(breaker.snapshot.totals.rejected) < 100 { await Task.yield() }
            gate.open()
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(holders == calls)
        #expect(script.recorder.transitions == ["closed → open", "open → half-open"])
    }

    @Test("concurrent failures that cross the threshold open once (row 58)", .timeLimit(.minutes(1)))
    func oneOpenEvent() async {
        let script = BreakerScript(.consecutive(5))
        let breaker = script.breaker
        await withTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    guard case .admitted(let permit) = breaker.tryAcquire() else { return }
                    await Task.yield()
                    permit.fail("refused")
                }
            }
        }
        #expect(script.recorder.transitions == ["closed → open"])
        #expect(script.snapshot.trip == .consecutiveFailures(5))
        #expect(script.snapshot.inFlight == 0)
    }

    @Test("with a hundred tasks at every step each transition of a recovery is one event", .timeLimit(.minutes(1)))
    func oneEventEach() async {
        let script = BreakerScript(.consecutive(5, successes: 3, halfOpenMaxCalls: 3))
        let breaker = script.breaker
        func callFromEverywhere(fails: Bool) async {
            await withTaskGroup { group in
                for _ in 0..<100 {
                    group.addTask {
                        guard case .admitted(let permit) = breaker.tryAcquire() else { return }
                        await Task.yield()
                        if fails { permit.fail("refused") } else { permit.succeed() }
                    }
                }
            }
        }
        await callFromEverywhere(fails: true)
        script.play("=open +5000")
        await callFromEverywhere(fails: true)
        script.play("=open +5000")
        while script.state == .halfOpen { await callFromEverywhere(fails: false) }
        let events = script.recorder.events
        #expect(
            script.recorder.transitions == [
                "closed → open", "open → half-open", "half-open → open", "open → half-open", "half-open → closed",
            ]
        )
        #expect(events.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(script.snapshot.inFlight == 0)
    }

    @Test("100,000 cancelled calls leave the capacity of the round intact", .timeLimit(.minutes(1)))
    func cancelledCalls() async {
        let script = BreakerScript(.consecutive(1, successes: 3, halfOpenMaxCalls: 3)).play("F +5000 =halfOpen")
        let breaker = script.breaker
        await withTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    for _ in 0..<1_000 {
                        guard case .admitted = breaker.tryAcquire() else {
                            await Task.yield()
                            continue
                        }
                    }
                }
            }
        }
        #expect(script.snapshot.inFlight == 0)
        script.play("3*A A! s s s =closed")
    }

    @Test("events of many threads arrive once each, in the order of their sequence", .timeLimit(.minutes(1)))
    func eventOrder() async {
        let script = BreakerScript(.consecutive(1))
        let breaker = script.breaker
        await withTaskGroup { group in
            for index in 0..<8 {
                group.addTask {
                    for _ in 0..<250 {
                        if index.isMultiple(of: 2) {
                            breaker.trip(reason: "signal")
                        } else {
                            breaker.reset()
                        }
                    }
                }
            }
        }
        let events = script.recorder.events
        #expect(events.map(\.sequence) == Array(1...UInt64(events.count)))
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.to == $1.from })
        #expect(UInt64(events.count) == script.snapshot.totals.transitions)
    }

    @Test("no outcome is lost when many tasks record at once", .timeLimit(.minutes(1)))
    func totals() async {
        let script = BreakerScript(.consecutive(0))
        let breaker = script.breaker
        await withTaskGroup { group in
            for _ in 0..<16 {
                group.addTask {
                    for call in 0..<1_000 {
                        _ = try? breaker.run { if call.isMultiple(of: 4) { throw ScriptedFailure("refused") } }
                    }
                }
            }
        }
        let totals = script.snapshot.totals
        #expect(totals.admitted == 16_000)
        #expect(totals.failed == 4_000)
        #expect(totals.succeeded == 12_000)
        #expect(script.snapshot.counts.calls == 16_000)
    }
}
