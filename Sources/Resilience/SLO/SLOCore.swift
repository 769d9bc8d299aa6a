// SPDX-License-Identifier: Apache-2.0

/// The counts and the arithmetic of an objective, without a lock or a clock.
struct SLOCore: Sendable {
    private let configuration: SLOConfiguration
    private var window: TimeWindow
    private var wasViolated = false

    /// As many slices as the shortest standard window is contained in the whole.
    static let slices = 864

    init(_ configuration: SLOConfiguration) {
        self.configuration = configuration
        window = TimeWindow(duration: configuration.window, buckets: Self.slices)
    }

    /// Counts a call; true when the objective has become violated by it.
    mutating func record(isSuccess: Bool, now: Duration) -> Bool {
        window.record(CallOutcome(isFailure: !isSuccess, isSlow: false), now: now)
        let isViolated = isViolated(window.counts)
        defer { wasViolated = isViolated }
        return isViolated && !wasViolated
    }

    mutating func status(now: Duration) -> SLOStatus {
        window.expire(now: now)
        let counts = window.counts
        return SLOStatus(
            events: counts.calls,
            failures: counts.failures,
            successRate: counts.failureRate.map { 1 - $0 },
            errorBudgetRemaining: max(0, rounded(1 - burnRate(counts))),
            isViolated: isViolated(counts),
            burnRates: configuration.burnRateRules.map { burnRate(of: $0, now: now) }
        )
    }

    private func isViolated(_ counts: OutcomeCounts) -> Bool {
        guard counts.calls >= configuration.minimumEvents else { return false }
        return Double(counts.successes) / Double(counts.calls) < configuration.targetSuccessRate
    }

    private func burnRate(of rule: BurnRateRule, now: Duration) -> BurnRate {
        let longCounts = window.counts(ofLast: rule.long, now: now)
        let long = burnRate(longCounts)
        let short = burnRate(window.counts(ofLast: rule.short, now: now))
        return BurnRate(
            rule: rule,
            long: long,
            short: short,
            isFiring: longCounts.calls >= configuration.minimumEvents && long >= rule.factor && short >= rule.factor
        )
    }

    private func burnRate(_ counts: OutcomeCounts) -> Double {
        rounded((counts.failureRate ?? 0) / (1 - configuration.targetSuccessRate))
    }

    /// Takes away the dust of binary fractions, so that a budget that is spent exactly reads as 0.
    private func rounded(_ number: Double) -> Double {
        (number * 1e9).rounded() / 1e9
    }
}
