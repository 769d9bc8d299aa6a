// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Resilience

extension Assessment {
    /// Counts what an outcome says, before the breaker hears of it.
    mutating func note(
        _ finding: Finding,
        _ outcome: Outcome,
        of target: TargetID,
        _ record: TargetRecord,
        at moment: Moment
    ) {
        switch finding {
        case .nothing: return
        case .passed(let isWarning):
            record.succeeded += 1
            record.consecutiveFailures = 0
            record.isStale = false
            record.lastWarning = isWarning ? outcome.message : nil
        case .failed:
            record.failed += 1
            record.consecutiveFailures += 1
            record.lastFailure = outcome.message
        }
        record.sequence &+= 1
        record.isRestored = false
        if record.isAged { recount(target, record) { record.isAged = false } }
        record.staleAfter = nil
        record.lastVerdictEnd = .earlier(outcome.endedAt, moment.instant)
        record.lastVerdictAt = moment.wall
        record.isPlanMissing = true
    }

    /// Tells the breaker what its permit was used for.
    func settle(_ permit: consuming CircuitBreaker.Permit, _ finding: Finding, _ outcome: Outcome) {
        switch finding {
        case .passed: permit.succeed(after: max(.zero, outcome.duration))
        case .failed: permit.fail(outcome.message, after: max(.zero, outcome.duration))
        case .nothing: permit.ignore()
        }
    }

    /// Follows the breaker: takes over its state, tells of its transitions, and draws the target's status from both.
    ///
    /// - Returns: whether a run has passed behind a closed breaker that was closed before.
    @discardableResult
    mutating func settleBreaker(
        _ target: TargetID,
        _ record: TargetRecord,
        _ finding: Finding,
        at moment: Moment
    ) -> Bool {
        if case .passed = finding, record.isQuiet, mailbox.isEmpty {
            record.standing = StatusRules.standing(finding, breaker: .closed, canOpen: true, was: record.standing)
            // How long the verdict is believed follows with the plan; until then the one before is.
            let status = StatusRules.status(record.standing, isStale: record.isStale)
            if status != record.status { follow([], of: target, record, at: moment) }
            return true
        }
        let breaker = record.breaker.snapshot
        let transitions = mailbox.takeAll()
        record.halfOpenSuccesses = breaker.halfOpen?.settled.successes ?? 0
        let soonest = moment.instant.advanced(by: .nanoseconds(1))
        record.halfOpensAt = breaker.halfOpensAt.map { max(soonest, instant(atBreakerTime: $0)) }
        let heldUntil = record.follow(breaker, at: moment, origin: origin)
        if let deadline = record.halfOpensAt ?? heldUntil.map({ max(soonest, $0) }) {
            halfOpenings.set(deadline, for: target)
        } else {
            halfOpenings.remove(target)
        }
        let position: BreakerPosition
        switch BreakerHealth.State(breaker.state) {
        case .closed: position = .closed
        case .open: position = .open
        case .halfOpen: position = .halfOpen(successes: record.halfOpenSuccesses)
        }
        let canOpen = record.spec.breaker.canOpen && record.hold?.kind != .disabled
        record.standing = StatusRules.standing(finding, breaker: position, canOpen: canOpen, was: record.standing)
        follow(transitions, of: target, record, at: moment)
        return false
    }

    /// Takes over transitions and the status that came of them; tells of each exactly once.
    mutating func follow(
        _ transitions: [CircuitBreakerEvent],
        of target: TargetID,
        _ record: TargetRecord,
        at moment: Moment
    ) {
        let status = StatusRules.status(record.standing, isStale: record.isStale)
        for (index, event) in transitions.enumerated() {
            let step = BreakerHealth.Transition(from: .init(event.from), to: .init(event.to))
            record.breakerState = step.to
            record.breakerSince = moment.wall
            record.breakerReason = event.reasonText
            if step.to == .open { record.openReason = event.reasonText }
            record.transitions[step, default: 0] += 1
            let newStatus = index == transitions.count - 1 ? status : record.status
            let hold = BreakerHold.Kind(event.from)
            change(target, record, to: newStatus, from: step.from, hold, reason: event.reasonText, at: moment)
        }
        if record.status != status {
            change(target, record, to: status, from: record.breakerState, record.hold?.kind, reason: nil, at: moment)
        }
        watchStaleness(target, record)
    }

    private mutating func change(
        _ target: TargetID,
        _ record: TargetRecord,
        to status: TargetStatus,
        from oldState: BreakerHealth.State,
        _ oldHold: BreakerHold.Kind?,
        reason: String?,
        at moment: Moment
    ) {
        let oldStatus = record.status
        if status != oldStatus {
            recount(target, record) { record.status = status }
            record.since = moment.wall
            if (status == .unhealthy) != (oldStatus == .unhealthy) { touchDependents(of: record) }
        }
        let change = StatusChange(
            endpoint: record.spec.name,
            oldState: oldState,
            newState: record.breakerState,
            oldStatus: oldStatus,
            newStatus: status,
            oldHold: oldHold,
            newHold: record.hold?.kind,
            reason: reason ?? TargetExplanation(record).status,
            attributedTo: records.roots(of: record),
            isInMaintenance: record.maintenance != nil
        )
        changes.append(.target(change), at: moment)
        markUnsaved(target, record)
        touch(target, record)
    }

    /// Watches how old the target's last verdict grows while that matters: while the target is believed, and while it is down,
    /// for fail-open counts only failures that are not too old.
    mutating func watchStaleness(_ target: TargetID, _ record: TargetRecord) {
        let isBelieved = record.status == .healthy || record.status == .degraded
        let isKnownDown = record.status == .unhealthy && !record.isAged
        let staleAfter = isBelieved || isKnownDown ? record.staleAfter : nil
        let isRequired = if let entry = record.entry { ledger.isNeeded(entry) } else { false }
        staleness.set(staleAfter, for: target, isRequired: isRequired)
    }

    /// A breaker's time as an instant, rounded up so that the breaker's wait has passed by then.
    func instant(atBreakerTime time: Duration) -> MonotonicInstant {
        let instant = origin.advanced(by: time)
        return origin.duration(to: instant) < time ? instant.advanced(by: .nanoseconds(1)) : instant
    }
}
