// SPDX-License-Identifier: Apache-2.0

extension CircuitBreakerCore {
    /// Which successes change nothing but counts; nil when any of them may change more.
    ///
    /// A success ends a row of failures and may complete the minimum of calls; otherwise it only lowers the rates, so where no
    /// rule is met now (one can be, after outcomes have left the window or the rules have changed) it opens nothing, until it
    /// lets old outcomes out of the window. To close the lane for a failure costs as much as it saves in a few calls, so it
    /// opens after four successes in a row.
    ///
    /// Mutating in name alone: the core is not copied for the call.
    mutating func quietLimits() -> SuccessLane.Limits? {
        guard state == .closed, !measuresEveryCall, consecutiveSuccesses >= 4 else { return nil }
        guard generation < SuccessLane.generationLimit else { return nil }
        guard sliding.map({ $0.size <= CountWindow.quickSize }) ?? true else { return nil }
        let counts = window.counts
        guard counts.failures == 0 && counts.slowCalls == 0 || counts.calls >= configuration.effectiveMinimumCalls
        else {
            return nil
        }
        guard tripReason() == nil else { return nil }
        guard let end = window.quietEnd else { return nil }
        return SuccessLane.Limits(end: end, slow: slowLimit)
    }

    /// Adds what the lane has counted.
    mutating func absorb(_ counts: SuccessLane.Counts) {
        inFlight += counts.admitted - counts.succeeded
        totals.admitted += UInt64(counts.admitted)
        guard counts.succeeded > 0 else { return }
        totals.succeeded += UInt64(counts.succeeded)
        consecutiveFailures = 0
        consecutiveSuccesses += counts.succeeded
        sliding?.record(successes: counts.succeeded)
        window.record(successes: counts.succeeded)
    }

    private var slowLimit: Int64 {
        guard let duration = configuration.slowCallDuration else { return SuccessLane.Limits.none }
        return min(SuccessLane.ticks(duration), SuccessLane.Limits.none - 1)
    }
}
