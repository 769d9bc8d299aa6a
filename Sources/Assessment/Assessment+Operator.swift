// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import Resilience

extension Assessment {
    /// Does with a target's breaker what an operator asks for.
    ///
    /// Closing it does not make the target healthy: the next verdict does. A permit that is out becomes stale, so the outcome of
    /// a run in flight is shown and does not count.
    package mutating func act(_ action: BreakerAction, _ order: Order, on target: TargetID, at moment: Moment) {
        advance(at: moment)
        guard let record = record(target) else { return }
        let breaker = record.breaker
        switch action {
        case .open: breaker.forceOpen(for: order.duration, reason: order.reason, by: order.by)
        case .close where order.duration != nil:
            breaker.observeOnly(for: order.duration, reason: order.reason, by: order.by)
        case .close, .reset: breaker.reset(reason: order.reason, by: order.by)
        case .disable: breaker.disable(for: order.duration, reason: order.reason, by: order.by)
        case .enable where record.hold != nil: breaker.reset(reason: order.reason, by: order.by)
        case .enable: break
        }
        if action == .reset || action == .close { record.consecutiveFailures = 0 }
        settleBreaker(target, record, .nothing, at: moment)
        markUnsaved(target, record)
        touch(target, record)
        refreshAggregate(at: moment)
    }

    /// Asks the target's breaker for a run that somebody wants now.
    ///
    /// - Returns: whether its outcome counts; one that the breaker does not admit is run all the same, and only shown.
    package mutating func beginNow(_ target: TargetID, at moment: Moment) -> Bool {
        advance(at: moment)
        guard let record = record(target) else { return false }
        touch(target, record)
        switch record.breaker.tryAcquire() {
        case .admitted(let permit):
            record.permit = consume permit
            return true
        case .rejected: return false
        }
    }
}
