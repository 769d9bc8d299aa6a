// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// The core beside a list of all calls, each with the beginning of its slice.
private struct SLOTwins: Twins {
    enum Command: Sendable {
        case advance(share: Double)
        case record(Int, isSuccess: Bool)
        case status
    }

    private struct Event {
        var at: Duration
        var slice: Duration
        var isFailure: Bool
    }

    private let configuration: SLOConfiguration
    private let sliceLength: Duration
    private var core: SLOCore
    private var now = Duration.zero
    private var events: [Event] = []
    private var wasViolated = false

    init(_ random: inout SeededRandom) {
        configuration = SLOConfiguration(
            targetSuccessRate: 0.5 + 0.499 * random.unit(),
            window: .milliseconds(Int.random(in: 1...1_000_000, using: &random)),
            minimumEvents: Int.random(in: 1...20, using: &random)
        )
        sliceLength = configuration.window / 864
        core = SLOCore(configuration)
    }

    var setting: String {
        "\(configuration.targetSuccessRate) over \(configuration.window), at least \(configuration.minimumEvents)"
    }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<10, using: &random) {
        case ..<3: .advance(share: random.chance(0.2) ? random.unit() / 2 : random.unit() / 400)
        case ..<8: .record(Int.random(in: 1...20, using: &random), isSuccess: random.chance(0.8))
        default: .status
        }
    }

    mutating func play(_ command: Command) -> String? {
        switch command {
        case .advance(let share):
            now += configuration.window.scaled(by: share, atMost: configuration.window)
            return nil
        case .record(let count, let isSuccess):
            for _ in 0..<count {
                if let text = record(isSuccess) { return text }
            }
            return nil
        case .status:
            return status()
        }
    }

    private mutating func record(_ isSuccess: Bool) -> String? {
        var slice = now
        if let last = events.last, now - last.slice < sliceLength { slice = last.slice }
        events.append(Event(at: now, slice: slice, isFailure: !isSuccess))
        let isViolated = isViolated(live(configuration.window))
        defer { wasViolated = isViolated }
        return difference(
            "whether it became violated",
            core.record(isSuccess: isSuccess, now: now),
            isViolated && !wasViolated
        )
    }

    private mutating func status() -> String? {
        let status = core.status(now: now)
        let live = live(configuration.window)
        // A slice is a few outcomes, so the window may end one slice early, never late.
        let atLeast = events.count { now - $0.at < configuration.window - sliceLength }
        let atMost = events.count { now - $0.at < configuration.window }
        let rates = configuration.burnRateRules.map { rule -> (Double, Double, Bool) in
            let long = burn(self.live(rule.long))
            let short = burn(self.live(rule.short))
            let isCounted = self.live(rule.long).count >= configuration.minimumEvents
            return (long, short, isCounted && long >= rule.factor && short >= rule.factor)
        }
        for (rate, expected) in zip(status.burnRates, rates) {
            let isClose = abs(rate.long - expected.0) < 1e-6 && abs(rate.short - expected.1) < 1e-6
            guard isClose, rate.isFiring == expected.2 else { return "\(rate), the model says \(expected)" }
        }
        return firstDifference(
            difference("the number of calls", status.events, live.count),
            difference("the number of failures", status.failures, live.count(where: \.isFailure)),
            (atLeast...atMost).contains(status.events) ? nil : "\(status.events) calls, of \(atLeast) to \(atMost)",
            difference("violated", status.isViolated, isViolated(live)),
            abs(status.errorBudgetRemaining - max(0, 1 - burn(live))) < 1e-6 ? nil : "\(status.errorBudgetRemaining)"
        )
    }

    private func live(_ part: Duration) -> [Event] {
        events.filter { now - $0.slice < part }
    }

    private func isViolated(_ events: [Event]) -> Bool {
        events.count >= configuration.minimumEvents
            && Double(events.count { !$0.isFailure }) / Double(events.count) < configuration.targetSuccessRate
    }

    private func burn(_ events: [Event]) -> Double {
        guard !events.isEmpty else { return 0 }
        return Double(events.count(where: \.isFailure)) / Double(events.count) / (1 - configuration.targetSuccessRate)
    }
}

@Suite("SLO tracker: against a naive model")
struct SLOModelTests {
    @Test("random calls give the counts, the budget and the burn rates of a list of them", arguments: 0..<60)
    func core(seed: UInt64) async {
        await check(SLOTwins.self, seed: seed, steps: 80)
    }
}
