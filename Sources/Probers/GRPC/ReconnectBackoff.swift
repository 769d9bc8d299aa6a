// SPDX-License-Identifier: Apache-2.0

/// How long to wait before a broken stream is opened again (gRPC Connection Backoff Protocol): 1 s at first, 1.6 times as long
/// each time, at most 120 s, and each moved by up to a fifth at random.
package struct ReconnectBackoff {
    /// The first wait, before jitter.
    package static let first = Duration.seconds(1)
    /// The longest wait, before jitter.
    package static let longest = Duration.seconds(120)
    /// How much longer each wait is than the one before.
    package static let growth = 1.6
    /// The share of a wait by which it is moved.
    package static let jitter = 0.2

    private var wait = Self.first
    private var state: UInt64

    /// - Parameter seed: decides the jitter; different for every agent, so that they do not come back together.
    package init(seed: UInt64) {
        state = seed
    }

    /// The wait before the next attempt.
    package mutating func next() -> Duration {
        defer { wait = min(wait * Self.growth, Self.longest) }
        return wait * (1 + Self.jitter * (2 * fraction() - 1))
    }

    /// The stream has held: the next wait is the first again.
    package mutating func reset() {
        wait = Self.first
    }

    /// A number from 0 up to 1, by SplitMix64.
    private mutating func fraction() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Double(mixed >> 11) / Double(UInt64(1) << 53)
    }
}
