// SPDX-License-Identifier: Apache-2.0

extension CircuitBreakerCore {
    /// Describes the state at `now`.
    mutating func snapshot(name: String, now: Duration) -> CircuitBreakerSnapshot {
        advance(to: now)
        window.expire(now: now)
        return CircuitBreakerSnapshot(
            name: name,
            state: state,
            observedAt: now,
            since: since,
            generation: generation,
            counts: window.counts,
            consecutiveFailures: consecutiveFailures,
            slidingFailures: sliding?.counts.failures,
            thresholds: CircuitBreakerThresholds(configuration),
            lastFailure: lastFailure?.cause,
            lastFailureAt: lastFailure?.at,
            trip: trip?.reason,
            tripCause: trip?.cause,
            openings: openings,
            halfOpensAt: state == .open ? openUntil : nil,
            halfOpen: state == .halfOpen ? halfOpenProgress : nil,
            operatorRequest: request,
            inFlight: inFlight,
            rejectedInState: rejectedInState,
            totals: totals
        )
    }

    private var halfOpenProgress: HalfOpenProgress {
        HalfOpenProgress(
            verdict: configuration.halfOpenVerdict,
            settled: round.settled,
            inFlight: round.inFlight,
            maximumCalls: configuration.halfOpenMaxCalls,
            successThreshold: configuration.halfOpenVerdict == .count ? configuration.successThreshold : nil,
            hasRoom: round.hasRoom(configuration),
            expiresAt: configuration.halfOpenMaxWait.map { since + $0 }
        )
    }
}
