// SPDX-License-Identifier: Apache-2.0

/// Uniform numbers for jitter, shared by many tasks.
final class RandomSource: Sendable {
    private let generator: Locked<SplitMix64>

    init(seed: UInt64?) {
        generator = Locked(seed.map { SplitMix64(seed: $0) } ?? SplitMix64())
    }

    /// A uniform number in 0 ..< 1.
    func unit() -> Double {
        generator.withLock { $0.unit() }
    }
}
