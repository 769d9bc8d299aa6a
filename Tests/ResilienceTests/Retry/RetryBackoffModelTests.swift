// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// The waits of one operation, beside the formulas of the documentation in plain floating point.
private struct BackoffTwins: Twins {
    private let configuration: RetryConfiguration
    private var backoff: RetryBackoff
    private var attempt = 0
    /// The wait of the formula before jitter and cap.
    private var base: Double
    private var previous: Double

    init(_ random: inout SeededRandom) {
        let initial = random.chance(0.1) ? 0 : random.unit() * 2
        let share = random.unit()
        let jitters = [BackoffJitter.none, .proportional(share), .full, .equal, .decorrelated]
        configuration = RetryConfiguration(
            initialBackoff: .nanoseconds(Int64(initial * 1e9)),
            maxBackoff: .seconds(Int.random(in: 2...60, using: &random)),
            growth: random.chance(0.5) ? .linear : .exponential,
            multiplier: 1 + 3 * random.unit(),
            jitter: jitters[Int.random(in: 0..<5, using: &random)]
        )
        backoff = RetryBackoff(configuration)
        base = configuration.initialBackoff.inSeconds
        previous = base
    }

    var setting: String {
        "\(configuration.initialBackoff) to \(configuration.maxBackoff), \(configuration.growth) "
            + "× \(configuration.multiplier), \(configuration.jitter)"
    }

    /// The dice of one wait, the ends of their range included.
    static func command(_ random: inout SeededRandom) -> Double {
        [0, 1, random.unit(), random.unit(), random.unit()][Int.random(in: 0..<5, using: &random)]
    }

    mutating func play(_ unit: Double) -> String? {
        attempt += 1
        let cap = configuration.maxBackoff.inSeconds
        let initial = configuration.initialBackoff.inSeconds
        let grown = min(base, cap)
        let expected =
            switch configuration.jitter {
            case .none: grown
            case .proportional(let share): min(cap, grown * (1 - share) + grown * 2 * share * unit)
            case .full: grown * unit
            case .equal: grown / 2 + grown / 2 * unit
            case .decorrelated: min(cap, initial + (max(initial, 3 * previous) - initial) * unit)
            }
        let wait = backoff.wait(after: attempt, unit: unit)
        previous = wait.inSeconds
        switch configuration.growth {
        case .linear: base = initial * Double(attempt + 1)
        case .exponential: base *= configuration.multiplier
        }
        guard wait >= .zero && wait <= configuration.maxBackoff else { return "the wait of \(wait) is out of bounds" }
        return abs(wait.inSeconds - expected) <= 2e-9 + expected * 1e-12
            ? nil : "wait \(attempt) is \(wait), the model says \(expected) s"
    }
}

@Suite("Retry backoff: against a naive model")
struct RetryBackoffModelTests {
    @Test("random waits are those of the formula, jitter and cap included", arguments: 0..<100)
    func model(seed: UInt64) async {
        await check(BackoffTwins.self, seed: seed, steps: 50)
    }
}
