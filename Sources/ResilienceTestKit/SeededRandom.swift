// SPDX-License-Identifier: Apache-2.0

import Resilience

/// A seeded random generator for tests: the same seed gives the same sequence on every platform and in every release.
///
/// The algorithm is SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the state grows by 0x9E3779B97F4A7C15 and is mixed by two
/// xor-shift-multiply rounds with 0xBF58476D1CE4E5B9 and 0x94D049BB133111EB. The first numbers of seed 0 are
/// 0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F.
///
/// Print ``seed`` when a randomised test fails; giving it back repeats the run.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    /// The seed the generator began with.
    public let seed: UInt64
    private var generator: SplitMix64

    /// A generator that begins with `seed`.
    ///
    /// - Parameter seed: any number; nil takes one from the system.
    public init(seed: UInt64? = nil) {
        let seed = seed ?? .random(in: .min ... .max)
        self.seed = seed
        generator = SplitMix64(seed: seed)
    }

    /// The next 64 uniform bits.
    public mutating func next() -> UInt64 {
        generator.next()
    }

    /// A uniform number in 0 ..< 1.
    public mutating func unit() -> Double {
        generator.unit()
    }

    /// True with the given probability.
    ///
    /// - Parameter probability: in 0 ... 1.
    /// - Returns: whether the dice fell so.
    public mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }
}
