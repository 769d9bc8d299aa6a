// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// Chaos on a clock that jumps over delays, beside its documentation and the same dice.
private struct ChaosTwins: Twins {
    enum Command: Sendable {
        case start(failures: Double, delays: Double, from: Int, to: Int, seconds: Int)
        case stop
        case call
        case advance(milliseconds: Int)
    }

    private let limits: ChaosLimits
    private let clock = JumpClock()
    private let chaos: Chaos
    private var dice: SeededRandom
    private var plan = ChaosPlan()
    private var endsAt = Duration.zero
    private var calls: UInt64 = 0
    private var failures: UInt64 = 0
    private var delays: UInt64 = 0

    init(_ random: inout SeededRandom) {
        limits = ChaosLimits(
            maximumFailureRate: random.chance(0.5) ? 1 : random.unit(),
            maximumLatencyRate: random.chance(0.5) ? 1 : random.unit(),
            maximumLatency: .milliseconds(Int.random(in: 0...500, using: &random)),
            maximumDuration: .seconds(Int.random(in: 0...20, using: &random))
        )
        dice = SeededRandom(seed: random.next())
        chaos = Chaos(limits: limits, time: clock.timeSource, seed: dice.seed)
    }

    var setting: String { "\(limits)" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<20, using: &random) {
        case ..<3:
            let from = Int.random(in: -50...300, using: &random)
            return .start(
                failures: [-1, 0, .nan, .infinity, random.unit(), random.unit()].randomElement(using: &random) ?? 0,
                delays: [-1, 0, .nan, 2, random.unit(), random.unit()].randomElement(using: &random) ?? 0,
                from: from,
                to: from + Int.random(in: 0...400, using: &random),
                seconds: Int.random(in: -1...30, using: &random)
            )
        case 3: return .stop
        case ..<17: return .call
        default: return .advance(milliseconds: Int.random(in: 0...3_000, using: &random))
        }
    }

    mutating func play(_ command: Command) async -> String? {
        switch command {
        case .start(let failures, let delays, let from, let to, let seconds):
            let asked = ChaosPlan(
                failureRate: failures,
                latencyRate: delays,
                latency: .milliseconds(from) ... .milliseconds(to)
            )
            plan = clamped(asked)
            endsAt = clock.now.offset + min(max(.seconds(seconds), .zero), limits.maximumDuration)
            if let text = difference("the plan", chaos.start(asked, for: .seconds(seconds)), plan) { return text }
        case .stop:
            chaos.stop()
            plan = ChaosPlan()
        case .call:
            if let text = await call() { return text }
        case .advance(let milliseconds):
            clock.advance(by: .milliseconds(milliseconds))
        }
        return status()
    }

    private mutating func call() async -> String? {
        let before = clock.now.offset
        var expected = (delay: Duration.zero, fails: false)
        if isActive {
            let (isDelayed, length, fails) = (
                dice.unit() < plan.latencyRate, dice.unit(), dice.unit() < plan.failureRate
            )
            if isDelayed && plan.latency.upperBound > .zero {
                expected.delay = plan.latency.lowerBound + (plan.latency.upperBound - plan.latency.lowerBound) * length
                delays += 1
            }
            expected.fails = fails
            calls += 1
            failures += fails ? 1 : 0
        }
        var fails = false
        do throws(InjectedFailure) {
            try await chaos.inject()
        } catch {
            fails = true
        }
        let delay = clock.now.offset - before
        guard abs((delay - expected.delay) / .nanoseconds(1)) <= 1 else {
            return "a delay of \(delay), the model says \(expected.delay)"
        }
        return difference("whether it fails", fails, expected.fails)
    }

    private var isActive: Bool {
        let delays = plan.latencyRate > 0 && plan.latency.upperBound > .zero
        return clock.now.offset < endsAt && (plan.failureRate > 0 || delays)
    }

    private func status() -> String? {
        let status = chaos.status
        return firstDifference(
            difference("the plan in force", status.plan, isActive ? plan : ChaosPlan()),
            difference("what remains", status.remaining, isActive ? endsAt - clock.now.offset : nil),
            difference("calls", status.calls, calls),
            difference("failures", status.failures, failures),
            difference("delays", status.delays, delays)
        )
    }

    private func clamped(_ plan: ChaosPlan) -> ChaosPlan {
        func within(_ value: Double, _ limit: Double) -> Double { value.isNaN ? 0 : max(0, min(value, limit)) }
        let longest = max(.zero, min(plan.latency.upperBound, limits.maximumLatency))
        return ChaosPlan(
            failureRate: within(plan.failureRate, limits.maximumFailureRate),
            latencyRate: within(plan.latencyRate, limits.maximumLatencyRate),
            latency: max(.zero, min(plan.latency.lowerBound, longest))...longest
        )
    }
}

@Suite("Chaos: against a naive model")
struct ChaosModelTests {
    @Test("random plans and calls inject what the same dice say, within the limits", arguments: 0..<80)
    func model(seed: UInt64) async {
        await check(ChaosTwins.self, seed: seed, steps: 200)
    }
}
