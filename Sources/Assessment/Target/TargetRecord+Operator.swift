// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Resilience

extension TargetRecord {
    /// Takes over what an operator holds the breaker in; returns when that ends by itself.
    func follow(
        _ breaker: CircuitBreakerSnapshot,
        at moment: Moment,
        origin: MonotonicInstant
    ) -> MonotonicInstant? {
        guard let kind = BreakerHold.Kind(breaker.state) else {
            hold = nil
            return nil
        }
        let request = breaker.operatorRequest
        let end = request?.until.map { origin.advanced(by: $0).advanced(by: .nanoseconds(1)) }
        let until = end.map { moment.wall.advanced(by: moment.instant.duration(to: $0)) }
        // The calendar may be corrected meanwhile; the end that was told once stays told.
        let isSame = hold?.kind == kind && hold?.reason == request?.reason && heldUntil == end
        if !isSame { hold = BreakerHold(kind, until: until, reason: request?.reason, by: request?.by) }
        heldUntil = end
        return end
    }
}

extension BreakerHold.Kind {
    /// The kind of an operator's state; nil for a state that the breaker takes by itself.
    init?(_ state: CircuitBreakerState) {
        switch state {
        case .forcedOpen: self = .open
        case .metricsOnly: self = .closed
        case .disabled: self = .disabled
        case .closed, .open, .halfOpen: return nil
        }
    }
}
