// SPDX-License-Identifier: Apache-2.0

/// How long it takes at most until a change of a target shows in its status.
///
/// By the definition alone: probes that start on time, a target that answers at once or not at all, no operator's hold. With
/// the interval `I`, its jitter `J`, the timeout `T`, and so many failures `k` as open the breaker for sure:
///
/// * Found down: `k·I + J·I + T`. The target fails just after a probe that started as early as the jitter lets it; the last of
///   `k` further ones starts as late as that, and hangs.
/// * Found up again: `T + W + S·T + (S − 1)·H`, where `W` is the longest open time, `S` the success threshold and `H` the
///   half-open interval. The target recovers just after the start of a trial that still fails; then every trial takes all the
///   time it may. An open breaker that observes may be in the middle of a run when its wait is over: `T + H` more.
package struct ReactionTime: Hashable, Sendable {
    /// So many failures in a row open the breaker of a target that was up; nil when that depends on what was before.
    package let failures: Int?
    /// From the moment when a target that was up fails until its breaker is open; nil as `failures`.
    package let detection: Duration?
    /// The longest time for which the breaker is open before a trial, backoff and its jitter included.
    package let longestWait: Duration
    /// From the moment when a target that was down works again until the first trial has passed, and it is degraded.
    package let firstSign: Duration
    /// … until its breaker is closed.
    package let recovery: Duration

    /// The times of a probe.
    package init(_ spec: ProbeSpec) {
        let policy = spec.breaker
        let failures = Self.failures(policy)
        self.failures = failures
        // As the schedule computes how far a start may move to either side.
        let reach = Duration.nanoseconds(Int64(Double(spec.interval.inNanoseconds) * spec.jitter / 2))
        detection = failures.map { spec.interval * $0 + reach * 2 + spec.timeout }
        longestWait = Self.longestWait(policy)
        let start = spec.timeout + longestWait
        let running = policy.whileOpen == .observe ? spec.timeout + policy.halfOpenInterval : .zero
        firstSign = start + running + spec.timeout
        let further = policy.successThreshold - 1
        recovery = firstSign + (spec.timeout + policy.halfOpenInterval) * further
    }

    /// The fewest failures in a row after which some rule has opened the breaker, whatever was before.
    ///
    /// A rate over a time is left out: what it needs depends on how many outcomes the time holds.
    private static func failures(_ policy: BreakerPolicy) -> Int? {
        var counts: [Int] = []
        if policy.failureThreshold > 0 { counts.append(policy.failureThreshold) }
        if let rule = policy.slidingFailures { counts.append(rule.failures) }
        if let rate = policy.failureRate, case .count(let size) = policy.window {
            // A full window of successes must turn; one that has just begun must first hold enough outcomes.
            counts.append(max(Int((rate * Double(size)).rounded(.up)), policy.minimumCalls - 1))
        }
        return counts.min()
    }

    private static func longestWait(_ policy: BreakerPolicy) -> Duration {
        let maximum = max(policy.openDuration, policy.backoff.maximum)
        guard policy.backoff.multiplier <= 1 else { return maximum }
        return min(maximum, policy.openDuration * (1 + policy.backoff.jitter))
    }
}
