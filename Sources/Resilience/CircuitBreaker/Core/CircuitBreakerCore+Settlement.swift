// SPDX-License-Identifier: Apache-2.0

extension CircuitBreakerCore {
    /// Counts a call that ended as a success or a failure, and evaluates every rule.
    mutating func settle(
        _ token: AdmissionToken,
        isFailure: Bool,
        cause: FailureCause?,
        duration: Duration?,
        now: Duration
    ) {
        inFlight -= 1
        guard token.isCounted else { return }
        advance(to: now)
        guard token.generation == generation else {
            totals.late += 1
            return
        }
        let outcome = CallOutcome(isFailure: isFailure, isSlow: isSlow(duration ?? token.startedAt.map { now - $0 }))
        count(outcome)
        if isFailure { lastFailure = FailureRecord(cause: cause, at: now) }
        switch state {
        case .closed:
            record(outcome, now: now)
            guard let reason = tripReason() else { return }
            open(reason, cause: reason.isAboutFailures ? lastFailure?.cause : nil, now: now)
        case .metricsOnly:
            record(outcome, now: now)
            let isOver = tripReason() != nil
            if isOver && !isOverThreshold { totals.wouldHaveOpened += 1 }
            isOverThreshold = isOver
        case .halfOpen:
            round.settle(outcome)
            judgeRound(now: now)
        case .open, .forcedOpen, .disabled:
            preconditionFailure("a permit of generation \(token.generation) was admitted while \(state)")
        }
    }

    /// Gives the slot of a call back that says nothing about the dependency.
    mutating func giveBack(_ token: AdmissionToken, isCancelled: Bool) {
        inFlight -= 1
        guard token.isCounted else { return }
        guard token.generation == generation else {
            totals.late += 1
            return
        }
        if isCancelled { totals.cancelled += 1 } else { totals.ignored += 1 }
        if state == .halfOpen { round.giveBack() }
    }

    private mutating func isSlow(_ duration: Duration?) -> Bool {
        guard let limit = configuration.slowCallDuration, let duration else { return false }
        return duration > limit
    }

    private mutating func count(_ outcome: CallOutcome) {
        if outcome.isFailure { totals.failed += 1 } else { totals.succeeded += 1 }
        if outcome.isSlow { totals.slow += 1 }
    }

    private mutating func record(_ outcome: CallOutcome, now: Duration) {
        consecutiveFailures = outcome.isFailure ? consecutiveFailures + 1 : 0
        consecutiveSuccesses = outcome.isFailure ? 0 : consecutiveSuccesses + 1
        sliding?.record(outcome)
        window.record(outcome, now: now)
    }

    /// The rule that is met.
    ///
    /// Mutating in name alone: the core is not copied for the call, which happens for every outcome.
    mutating func tripReason() -> TripReason? {
        if configuration.failureThreshold > 0, consecutiveFailures >= configuration.failureThreshold {
            return .consecutiveFailures(consecutiveFailures)
        }
        if let rule = configuration.slidingFailures, let failures = sliding?.counts.failures, failures >= rule.failures
        {
            return .slidingFailures(failures, of: rule.of)
        }
        let counts = window.counts
        guard counts.calls >= configuration.effectiveMinimumCalls else { return nil }
        if let threshold = configuration.failureRateThreshold, let rate = counts.failureRate, rate >= threshold {
            return .failureRate(counts, threshold: threshold)
        }
        if let threshold = configuration.slowCallRateThreshold, let rate = counts.slowCallRate, rate >= threshold {
            return .slowCallRate(counts, threshold: threshold)
        }
        return nil
    }

    private mutating func judgeRound(now: Duration) {
        switch round.verdict(configuration) {
        case .pending: break
        case .close: enter(restingState, .recovered(successes: round.settled.successes), now: now)
        case .open(let reason):
            open(reason, cause: reason.isAboutFailures ? lastFailure?.cause : nil, now: now)
        }
    }
}
