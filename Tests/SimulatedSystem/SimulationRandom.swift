// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The simulation's random generator: SplitMix64, the same sequence for the same seed everywhere.
///
/// Each part of a simulated system draws from a stream of its own, so that one more draw in one part leaves the others as
/// they were.
package struct SimulationRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameters:
    ///   - seed: decides everything.
    ///   - stream: names the part that draws.
    package init(seed: UInt64, stream: String = "") {
        state = stream.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True with a probability of 0 (never) to 1 (always); draws in every case.
    package mutating func chance(_ probability: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < probability
    }

    /// A duration drawn evenly from a range, in whole nanoseconds.
    package mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        .nanoseconds(Int64.random(in: range.lowerBound.inNanoseconds...range.upperBound.inNanoseconds, using: &self))
    }

    /// One of `choices`, each as likely as the others; no choice is a programmer error.
    package mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        precondition(!choices.isEmpty, "a draw from nothing")
        return choices[Int.random(in: choices.indices, using: &self)]
    }
}
