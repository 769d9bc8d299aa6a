// SPDX-License-Identifier: Apache-2.0

/// Computes how long each opening in a row lasts.
struct OpenPeriods: Sendable {
    /// Openings since the breaker was last closed.
    private(set) var openings = 0
    private var base: Duration?
    private var random: SplitMix64

    init(random: SplitMix64) {
        self.random = random
    }

    /// The length of the next opening: the backoff, its cap, its jitter, and the cap again.
    mutating func next(_ configuration: CircuitBreakerConfiguration) -> Duration {
        openings += 1
        guard let backoff = configuration.backoff else { return configuration.openDuration }
        let grown = base?.scaled(by: backoff.multiplier, atMost: backoff.maximum) ?? configuration.openDuration
        base = grown
        guard backoff.jitter > 0 else { return grown }
        let factor = 1 + backoff.jitter * (2 * random.unit() - 1)
        return grown.scaled(by: factor, atMost: backoff.maximum)
    }

    /// Starts again at the first opening.
    mutating func reset() {
        openings = 0
        base = nil
    }
}
