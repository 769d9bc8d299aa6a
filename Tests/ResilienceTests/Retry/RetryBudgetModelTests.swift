// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

private struct BudgetTwins: Twins {
    enum Command: Sendable {
        case advance(milliseconds: Int)
        case deposit(Int)
        case withdraw(Int)
    }

    private let clock = ManualClock()
    private let budget: RetryBudget
    private var model: NaiveRetryBudget

    init(_ random: inout SeededRandom) {
        model = NaiveRetryBudget(
            ratio: Int.random(in: 0...1_500, using: &random),
            perSecond: Int.random(in: 0...12, using: &random),
            capacity: Int.random(in: 1...5, using: &random)
        )
        budget = RetryBudget(
            ratio: Double(model.ratio) / 1_000,
            minimumPerSecond: model.perSecond,
            capacity: model.capacity,
            time: clock.timeSource
        )
    }

    var setting: String { "ratio \(model.ratio)/1000, \(model.perSecond) per second, capacity \(model.capacity)" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<10, using: &random) {
        case ..<4: .advance(milliseconds: Int.random(in: 0...(random.chance(0.1) ? 3_000 : 150), using: &random))
        case ..<6: .deposit(Int.random(in: 1...4, using: &random))
        default: .withdraw(Int.random(in: 1...3, using: &random))
        }
    }

    mutating func play(_ command: Command) -> String? {
        switch command {
        case .advance(let milliseconds):
            clock.advance(by: .milliseconds(milliseconds))
            model.advance(milliseconds: milliseconds)
        case .deposit(let count):
            for _ in 0..<count {
                budget.deposit()
                model.deposit()
            }
        case .withdraw(let count):
            for _ in 0..<count {
                if let text = difference("the answer", budget.withdraw(), model.withdraw()) { return text }
            }
        }
        return nil
    }
}

/// Withdraws at any instant, not only at whole milliseconds.
private struct FineBudgetTwins: Twins {
    private let clock = ManualClock()
    private let budget: RetryBudget
    private let perSecond: Int
    /// What the floor holds, in retries times a second, so that it is exact for every rate.
    private var credit: Duration

    init(_ random: inout SeededRandom) {
        perSecond = Int.random(in: 1...2_000, using: &random)
        credit = .seconds(perSecond)
        budget = RetryBudget(ratio: 0, minimumPerSecond: perSecond, time: clock.timeSource)
    }

    var setting: String { "\(perSecond) per second" }

    /// Nanoseconds that pass before the next withdrawal.
    static func command(_ random: inout SeededRandom) -> Int {
        Int.random(in: 0...(random.chance(0.2) ? 1_200_000_000 : 3_000_000), using: &random)
    }

    mutating func play(_ command: Int) -> String? {
        clock.advance(by: .nanoseconds(command))
        credit = min(.seconds(perSecond), credit + .nanoseconds(command) * perSecond)
        let isGranted = budget.withdraw()
        defer { if isGranted { credit -= .seconds(1) } }
        if !isGranted && credit >= .seconds(1) { return "refused with \(credit / .seconds(1)) retries in the floor" }
        // Tokens are counted in thousandths, so the budget may be ahead by one thousandth.
        if isGranted && credit < .milliseconds(999) {
            return "granted with \(credit / .seconds(1)) retries in the floor"
        }
        return nil
    }
}

@Suite("Retry budget: against a naive model")
struct RetryBudgetModelTests {
    @Test("random calls and retries get the same answers as in exact arithmetic", arguments: 0..<100)
    func model(seed: UInt64) async {
        await check(BudgetTwins.self, seed: seed, steps: 200)
    }

    @Test("at any instant a retry is granted when the floor holds one, and only then", arguments: 0..<50)
    func fine(seed: UInt64) async {
        await check(FineBudgetTwins.self, seed: seed, steps: 300)
    }
}
