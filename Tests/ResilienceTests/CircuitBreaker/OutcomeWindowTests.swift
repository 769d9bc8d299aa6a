// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Outcome windows")
struct OutcomeWindowTests {
    private func never(_ window: OutcomeWindowShape) -> CircuitBreakerConfiguration {
        CircuitBreakerConfiguration(failureThreshold: 0, failureRateThreshold: nil, minimumCalls: 1, window: window)
    }

    @Test("a slice leaves the window as a whole, later slices stay (row 12)")
    func slices() {
        let script = BreakerScript(never(.time(.seconds(30), buckets: 10))).play("15*S")
        for _ in 0..<9 { script.play("+3000 S") }
        #expect(script.snapshot.counts.calls == 24)
        script.play("+3000")
        #expect(script.snapshot.counts.calls == 9)
    }

    @Test("the failure rate follows the window as it moves (row 13)")
    func moving() {
        let script = BreakerScript(never(.time(.seconds(10), buckets: 10)))
        var health: [String] = []
        for step in 0..<5 {
            script.play(step < 2 ? "F S" : "S S").play("+2000")
            let counts = script.snapshot.counts
            health.append("\(counts.calls) \(counts.failures)")
        }
        script.play("+2000")
        let counts = script.snapshot.counts
        health.append("\(counts.calls) \(counts.failures)")
        #expect(health == ["2 1", "4 2", "6 2", "8 2", "8 1", "6 0"])
    }

    @Test("a window of one slice forgets all at once (row 24)")
    func oneSlice() {
        let script = BreakerScript(never(.time(.seconds(1), buckets: 1))).play("F +1000 F")
        #expect(script.snapshot.counts.calls == 1)
        script.play("+1000")
        #expect(script.snapshot.counts.calls == 0)
    }

    @Test("a window that its slices do not divide evenly neither loses nor doubles outcomes", arguments: [3, 7, 11])
    func unevenSlices(buckets: Int) {
        let script = BreakerScript(never(.time(.seconds(10), buckets: buckets)))
        for _ in 0..<1_000 { script.play("F +10") }
        let counts = script.snapshot.counts
        let slice = 1_000 / buckets + 1
        #expect((1_000 - slice...1_000).contains(counts.calls))
        #expect(counts.calls == counts.failures)
        script.play("+10000")
        #expect(script.snapshot.counts == OutcomeCounts())
    }

    @Test("a count window holds the last outcomes only", arguments: [1, 2, 5])
    func ring(size: Int) {
        let script = BreakerScript(never(.count(size))).play("7*F")
        #expect(script.snapshot.counts.failures == size)
        script.play("S")
        #expect(script.snapshot.counts.failures == size - 1)
        #expect(script.snapshot.counts.calls == size)
    }

    @Test("a time window equals a list of outcomes that forgets by slice, for any spacing", arguments: 0..<8)
    func model(round: UInt64) {
        var random = SeededRandom(seed: 1_000 + round)
        let buckets = Int.random(in: 1...12, using: &random)
        let script = BreakerScript(never(.time(.seconds(12), buckets: buckets)))
        let slice = Duration.seconds(12) / buckets
        var slices: [(start: Duration, calls: Int, failures: Int)] = []
        for _ in 0..<500 {
            script.clock.advance(by: .milliseconds(Int.random(in: 0...900, using: &random)))
            let now = script.clock.now.offset
            slices.removeAll { now - $0.start >= .seconds(12) }
            let fails = random.chance(0.3)
            script.play(fails ? "F" : "S")
            if let last = slices.last, now - last.start < slice || slices.count == buckets {
                slices[slices.count - 1].calls += 1
                slices[slices.count - 1].failures += fails ? 1 : 0
            } else {
                slices.append((now, 1, fails ? 1 : 0))
            }
            let counts = script.snapshot.counts
            #expect(counts.calls == slices.reduce(0) { $0 + $1.calls }, "seed \(random.seed)")
            #expect(counts.failures == slices.reduce(0) { $0 + $1.failures }, "seed \(random.seed)")
        }
    }
}
