// SPDX-License-Identifier: Apache-2.0

/// What a permit carries from admission to settlement.
@usableFromInline
struct AdmissionToken: Sendable {
    var generation: UInt64
    /// When the call was admitted; nil where no duration is measured.
    var startedAt: Duration?
    /// False for a call that was admitted while disabled.
    var isCounted: Bool
}

/// What a call is told that asks for its turn: `CircuitBreaker.Admission` without a permit.
@usableFromInline
enum AdmissionDecision: Sendable {
    case admitted(AdmissionToken)
    case rejected(CircuitBreaker.Rejection)
}

extension CircuitBreakerCore {
    /// Admits a call without reading the clock; nil when the time matters.
    mutating func admitWithoutClock() -> AdmissionToken? {
        guard !hints.contains(.clockAtAdmission) else { return nil }
        return admit(startedAt: nil)
    }

    /// Rejects a call while open, which changes nothing but two counts; nil when there is more to decide.
    mutating func rejectWhileOpen(now: Duration) -> AdmissionDecision? {
        guard state == .open, now < openUntil else { return nil }
        return rejectOpen(now)
    }

    /// Admits or rejects a call.
    mutating func tryAcquire(now: Duration) -> AdmissionDecision {
        advance(to: now)
        switch state {
        case .closed, .disabled, .metricsOnly:
            return .admitted(admit(startedAt: now))
        case .halfOpen:
            guard round.hasRoom(configuration) else { return reject(.halfOpenFull) }
            round.admit()
            return .admitted(admit(startedAt: now))
        case .open:
            return rejectOpen(now)
        case .forcedOpen:
            return reject(.forcedOpen(reason: request?.reason))
        }
    }

    /// What a call after `wait` is certain to be told, without counting it; nil when it may be admitted.
    mutating func rejection(in wait: Duration, now: Duration) -> CircuitBreaker.Rejection? {
        advance(to: now)
        switch state {
        case .open where openUntil > now + wait:
            return .open(retryAfter: openUntil - now, cause: trip?.cause)
        case .forcedOpen where request?.until.map({ $0 > now + wait }) ?? true:
            return .forcedOpen(reason: request?.reason)
        default:
            return nil
        }
    }

    private mutating func admit(startedAt: Duration?) -> AdmissionToken {
        let isCounted = state != .disabled
        inFlight += 1
        if isCounted { totals.admitted += 1 }
        return AdmissionToken(
            generation: generation,
            startedAt: measuresDuration ? startedAt : nil,
            isCounted: isCounted
        )
    }

    private mutating func rejectOpen(_ now: Duration) -> AdmissionDecision {
        reject(.open(retryAfter: openUntil - now, cause: trip?.cause))
    }

    private mutating func reject(_ rejection: CircuitBreaker.Rejection) -> AdmissionDecision {
        rejectedInState += 1
        totals.rejected += 1
        return .rejected(rejection)
    }
}
