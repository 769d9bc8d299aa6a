// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker: against a naive model")
struct CircuitBreakerModelTests {
    @Test("random events lead to the same states, admissions and transitions as in the model", arguments: 0..<60)
    func model(round: UInt64) {
        var random = SeededRandom(seed: 42_000 + round)
        let configuration = randomConfiguration(&random)
        #expect(configuration.problems.isEmpty)
        let script = BreakerScript(configuration)
        var model = NaiveBreaker(configuration: configuration)
        var held: [(PermitHolder, Int)] = []
        for step in 0..<1_500 {
            let label: Comment = "seed \(random.seed), step \(step)"
            let now = script.clock.now.offset
            switch Int.random(in: 0..<100, using: &random) {
            case ..<40:
                let expected = model.acquire(now)
                switch script.breaker.tryAcquire() {
                case .admitted(let permit):
                    #expect(expected != nil, label)
                    held.append((PermitHolder(permit), expected ?? -1))
                case .rejected:
                    #expect(expected == nil, label)
                }
            case ..<80 where !held.isEmpty:
                let (holder, number) = held.remove(at: Int.random(in: 0..<held.count, using: &random))
                settle(holder, number, &model, now, &random)
            case ..<95:
                script.clock.advance(by: .milliseconds(Int.random(in: 0...2_000, using: &random)))
            case 95:
                script.breaker.reset()
                model.reset(now)
            case 96:
                model.tick(now)
                if [.closed, .halfOpen].contains(model.state) { model.go(.open, now) }
                script.breaker.trip(reason: "signal")
            default:
                break
            }
            model.tick(script.clock.now.offset)
            #expect(script.state == model.state, label)
            #expect(script.snapshot.inFlight == held.count, label)
        }
        #expect(script.recorder.transitions == model.transitions, "seed \(random.seed)")
        held.removeAll()
        let totals = script.snapshot.totals
        #expect(
            totals.admitted == totals.succeeded + totals.failed + totals.ignored + totals.cancelled + totals.late,
            "seed \(random.seed)"
        )
    }

    private func settle(
        _ holder: PermitHolder,
        _ number: Int,
        _ model: inout NaiveBreaker,
        _ now: Duration,
        _ random: inout SeededRandom
    ) {
        let permit = holder.take()
        switch Int.random(in: 0..<10, using: &random) {
        case ..<5:
            model.settle(number, failed: false, now)
            permit?.succeed()
        case ..<8:
            model.settle(number, failed: true, now)
            permit?.fail("refused")
        case 8:
            model.settle(number, failed: nil, now)
            permit?.ignore()
        default:
            model.settle(number, failed: nil, now)
        }
    }

    private func randomConfiguration(_ random: inout SeededRandom) -> CircuitBreakerConfiguration {
        let calls = Int.random(in: 1...5, using: &random)
        return CircuitBreakerConfiguration(
            failureThreshold: Int.random(in: 0...4, using: &random),
            failureRateThreshold: Double.random(in: 0.2...1, using: &random),
            minimumCalls: Int.random(in: 1...12, using: &random),
            window: .count(Int.random(in: 1...10, using: &random)),
            successThreshold: Int.random(in: 1...calls, using: &random),
            halfOpenVerdict: Bool.random(using: &random) ? .count : .rate,
            halfOpenMaxCalls: calls,
            halfOpenMaxWait: Bool.random(using: &random) ? .seconds(4) : nil,
            openDuration: .seconds(3),
            slidingFailures: Bool.random(using: &random) ? SlidingFailures(2, of: 6) : nil
        )
    }
}
