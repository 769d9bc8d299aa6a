// SPDX-License-Identifier: Apache-2.0

/// The waits of one operation, without a clock.
struct RetryBackoff: Sendable {
    private let configuration: RetryConfiguration
    private var previous: Duration

    init(_ configuration: RetryConfiguration) {
        self.configuration = configuration
        previous = configuration.initialBackoff
    }

    /// The wait after `attempt` has failed; never negative, never above the maximum, whatever the attempt.
    ///
    /// - Parameters:
    ///   - attempt: counted from 1.
    ///   - unit: a uniform number in 0 to 1.
    /// - Returns: the wait.
    mutating func wait(after attempt: Int, unit: Double) -> Duration {
        let maximum = configuration.maxBackoff
        let initial = configuration.initialBackoff.inSeconds
        let seconds: Double
        switch configuration.jitter {
        case .none: seconds = base(attempt)
        case .proportional(let share): seconds = base(attempt) * (1 + share * (2 * unit - 1))
        case .full: seconds = base(attempt) * unit
        case .equal: seconds = base(attempt) * (0.5 + 0.5 * unit)
        case .decorrelated: seconds = initial + max(0, previous.inSeconds * 3 - initial) * unit
        }
        let wait = Duration.clamped(seconds: seconds, to: maximum)
        previous = wait
        return wait
    }

    /// The wait before jitter, in seconds; capped, so that jitter spreads around the cap and not above it for ever.
    private func base(_ attempt: Int) -> Double {
        let initial = configuration.initialBackoff.inSeconds
        let factor =
            switch configuration.growth {
            case .linear: Double(attempt)
            case .exponential: power(configuration.multiplier, attempt - 1)
            }
        return initial == 0 ? 0 : min(initial * factor, configuration.maxBackoff.inSeconds)
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
