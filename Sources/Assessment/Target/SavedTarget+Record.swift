// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Resilience

extension SavedTarget {
    /// What of a target is to survive.
    init(_ record: TargetRecord, at moment: Moment) {
        let breaker = record.breaker.snapshot
        self.init(
            name: record.spec.name,
            fingerprint: record.fingerprint,
            sequence: record.sequence,
            standing: Standing(record.standing),
            isStale: record.isStale,
            since: record.since,
            verdictAt: record.lastVerdictAt,
            verdictAge: record.lastVerdictEnd.map { max(.zero, $0.duration(to: moment.instant)) },
            consecutiveFailures: record.consecutiveFailures,
            lastFailure: record.lastFailure,
            lastWarning: record.lastWarning,
            breaker: SavedBreaker(
                state: SavedBreaker.State(rawValue: breaker.state.rawValue) ?? .closed,
                since: record.breakerSince,
                remaining: breaker.state == .halfOpen
                    ? .zero : breaker.remainingOpenTime ?? breaker.remainingOperatorTime,
                openings: breaker.openings,
                generation: breaker.generation,
                reason: record.breakerReason,
                openReason: record.openReason,
                cause: breaker.tripCause?.description,
                operatorReason: breaker.operatorRequest?.reason,
                operatorName: breaker.operatorRequest?.by
            )
        )
    }
}

extension SavedTarget.Standing {
    init(_ standing: Standing) {
        switch standing {
        case .starting: self = .starting
        case .healthy: self = .healthy
        case .degraded: self = .degraded
        case .unhealthy: self = .unhealthy
        }
    }
}

extension Standing {
    init(_ saved: SavedTarget.Standing) {
        switch saved {
        case .starting: self = .starting
        case .healthy: self = .healthy
        case .degraded: self = .degraded
        case .unhealthy: self = .unhealthy
        }
    }
}
