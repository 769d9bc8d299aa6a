// SPDX-License-Identifier: Apache-2.0

/// When a target's breaker opens, how it recovers, and what happens to its probe meanwhile.
///
/// The defaults are those of the configuration contract, which are tighter than the `Resilience` library's: a probe repeats
/// every few seconds, a call path carries hundreds.
package struct BreakerPolicy: Hashable, Sendable {
    /// Consecutive failures that open it; 0 = off.
    package var failureThreshold: Int
    /// Failure rate over the window that opens it, 0 < rate ≤ 1; nil = off.
    package var failureRate: Double?
    /// Fewest outcomes in the window before a rate counts.
    package var minimumCalls: Int
    /// The outcomes a rate looks at.
    package var window: Window
    /// Opens at this many failures among the last so many outcomes; nil = off.
    package var slidingFailures: SlidingFailures?
    /// Opens when too many probes are slow; nil = off.
    package var slowCall: SlowCall?
    /// Consecutive half-open successes that close it.
    package var successThreshold: Int
    /// Probes in one half-open round.
    package var halfOpenMaximumCalls: Int
    /// Time between the probes of a half-open round.
    package var halfOpenInterval: Duration
    /// Wait in open before half-open.
    package var openDuration: Duration
    /// How `openDuration` grows while it keeps reopening.
    package var backoff: Backoff
    /// Whether the probe goes on while the breaker is open.
    package var whileOpen: WhileOpen

    /// The outcomes a rate looks at.
    package enum Window: Hashable, Sendable {
        /// Those of the last so long.
        case time(Duration)
        /// The last so many.
        case count(Int)
    }

    /// `failures` among the last `outcomes`.
    package struct SlidingFailures: Hashable, Sendable {
        package var failures: Int
        package var outcomes: Int

        package init(failures: Int, outcomes: Int) {
            self.failures = failures
            self.outcomes = outcomes
        }
    }

    /// Slower than `over` in a share of at least `rate` of the window.
    package struct SlowCall: Hashable, Sendable {
        package var over: Duration
        package var rate: Double

        package init(over: Duration, rate: Double) {
            self.over = over
            self.rate = rate
        }
    }

    /// Each reopening multiplies the open time, up to `maximum`, moved by at most `jitter` of itself.
    package struct Backoff: Hashable, Sendable {
        /// At least 1; 1 = the open time never grows.
        package var multiplier: Double
        package var maximum: Duration
        /// 0 to 0.5.
        package var jitter: Double

        package init(multiplier: Double = 2, maximum: Duration = .seconds(30), jitter: Double = 0.1) {
            self.multiplier = multiplier
            self.maximum = maximum
            self.jitter = jitter
        }
    }

    /// What the probe does while the breaker is open.
    package enum WhileOpen: String, CaseIterable, Hashable, Sendable {
        /// Nothing until the breaker half-opens. The default.
        case pause
        /// Goes on at its interval; the outcomes are shown but do not move the breaker.
        case observe
    }

    package init(
        failureThreshold: Int = 3,
        failureRate: Double? = nil,
        minimumCalls: Int = 10,
        window: Window = .time(.seconds(10)),
        slidingFailures: SlidingFailures? = nil,
        slowCall: SlowCall? = nil,
        successThreshold: Int = 2,
        halfOpenMaximumCalls: Int = 3,
        halfOpenInterval: Duration = .seconds(1),
        openDuration: Duration = .seconds(5),
        backoff: Backoff = Backoff(),
        whileOpen: WhileOpen = .pause
    ) {
        self.failureThreshold = failureThreshold
        self.failureRate = failureRate
        self.minimumCalls = minimumCalls
        self.window = window
        self.slidingFailures = slidingFailures
        self.slowCall = slowCall
        self.successThreshold = successThreshold
        self.halfOpenMaximumCalls = halfOpenMaximumCalls
        self.halfOpenInterval = halfOpenInterval
        self.openDuration = openDuration
        self.backoff = backoff
        self.whileOpen = whileOpen
    }
}
