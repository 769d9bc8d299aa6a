// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import Resilience

extension Assessment {
    /// Takes over what an earlier run has left of a target that was just added; follow it with ``reassess(settings:at:)``.
    ///
    /// A verdict is taken over while it would still be believed, and shown as restored until a probe confirms it; with one that is
    /// too old, or whose age no clock can tell, the target starts anew. What is left of a wait is taken over, and never more than
    /// the configuration says; an operator's hold is taken over whatever the verdict's age. Of a probe with another definition
    /// nothing is taken over. None of it counts as a change.
    package mutating func restore(_ target: TargetID, from found: RestorableTarget, at moment: Moment) {
        advance(at: moment)
        guard let record = record(target), found.saved.name == record.spec.name else { return }
        let saved = found.saved
        record.sequence = saved.sequence
        guard saved.fingerprint == record.fingerprint else { return }
        let belief = Duration.nanoseconds(
            record.belief(gaps: maximumStaleness, wait: record.spec.interval.inNanoseconds)
        )
        let age = found.verdictAge.flatMap { (.zero..<belief).contains($0) ? $0 : nil }
        restoreBreaker(of: record, from: found, isBelieved: age != nil)
        if let age { restoreVerdict(of: record, saved, age: age, belief: belief, at: moment) }
        let status = StatusRules.status(record.standing, isStale: record.isStale)
        if status != .starting {
            recount(target, record) { record.status = status }
            record.since = saved.since
            record.isRestored = true
        }
        settleBreaker(target, record, .nothing, at: moment)
        markUnsaved(target, record)
        touch(target, record)
    }

    private func restoreVerdict(
        of record: TargetRecord,
        _ saved: SavedTarget,
        age: Duration,
        belief: Duration,
        at moment: Moment
    ) {
        if record.breakerState == .closed {
            record.standing = Standing(saved.standing)
            record.breaker.resume(consecutiveFailures: saved.consecutiveFailures)
        }
        record.isStale = saved.isStale
        record.consecutiveFailures = saved.consecutiveFailures
        record.lastFailure = saved.lastFailure
        record.lastWarning = saved.lastWarning
        record.lastVerdictAt = saved.verdictAt
        record.lastVerdictEnd = moment.instant.advanced(by: .zero - age)
        record.staleAfter = moment.instant.advanced(by: belief - age)
    }

    /// Puts the breaker into its saved state, where that still says something.
    private func restoreBreaker(of record: TargetRecord, from found: RestorableTarget, isBelieved: Bool) {
        let saved = found.saved.breaker
        guard let state = CircuitBreakerState(rawValue: saved.state.rawValue), state != .closed else { return }
        let isOver = saved.remaining.map { left in found.elapsed.map { $0 >= left } ?? false } ?? false
        // A wait that is over lets a probe through at once; with a verdict that is too old besides, nothing is left to go by.
        let isMeaningless = state.isOperatorState ? isOver : !isBelieved && (isOver || state == .halfOpen)
        guard !isMeaningless else { return }
        let old = CircuitBreakerRecord(
            name: record.spec.name.text,
            state: state,
            remaining: saved.remaining,
            openings: saved.openings,
            cause: saved.cause,
            operatorReason: saved.operatorReason,
            operatorName: saved.operatorName,
            savedAt: .zero
        )
        guard record.breaker.restore(old, wallTime: found.elapsed) else { return }
        // It changed in the run before, and that has told of it.
        _ = mailbox.takeAll()
        record.breakerState = BreakerHealth.State(state == .halfOpen ? .open : state)
        record.breakerSince = saved.since
        record.breakerReason = saved.reason
        record.openReason = saved.openReason
        record.lastFailure = found.saved.lastFailure
        record.consecutiveFailures = found.saved.consecutiveFailures
        if record.breakerState == .open { record.standing = .unhealthy }
    }

    // MARK: Saving

    /// Takes out the targets whose status, breaker or definition has changed since the last call, at most `limit` of them.
    ///
    /// Fewer of those whose fingerprint is not known yet, because it takes as long as the rest of sixteen.
    package mutating func takeUnsaved(limit: Int, at moment: Moment) -> [SavedTarget] {
        var taken: [SavedTarget] = []
        var effort = 0
        while effort < limit, unsavedTaken < unsaved.count {
            defer { unsavedTaken += 1 }
            guard let record = record(unsaved[unsavedTaken]) else { continue }
            effort += record.knownFingerprint == nil ? 16 : 1
            record.isUnsaved = false
            record.isHeard = false
            taken.append(SavedTarget(record, at: moment))
        }
        // Now and then, as what is behind moves up.
        if unsavedTaken * 2 >= unsaved.count {
            unsaved.removeFirst(unsavedTaken)
            unsavedTaken = 0
        }
        return taken
    }

    /// Takes out the targets that had a verdict which changed nothing but its age, with its end and its number.
    ///
    /// - Parameter take: called for each of them, once, so that what is made of it needs no list in between.
    package mutating func takeHeard(_ take: (_ name: TargetName, _ end: MonotonicInstant, _ sequence: UInt64) -> Void) {
        for target in heard {
            guard let record = record(target), record.isHeard, let end = record.lastVerdictEnd else { continue }
            record.isHeard = false
            take(record.spec.name, end, record.sequence)
        }
        heard.removeAll(keepingCapacity: true)
    }

    /// Lets every target be taken out by ``takeUnsaved(limit:at:)`` again.
    package mutating func markAllUnsaved() {
        for target in records.targets {
            if let record = record(target) { markUnsaved(target, record) }
        }
    }

    /// Lets a target be saved.
    mutating func markUnsaved(_ target: TargetID, _ record: TargetRecord) {
        guard !record.isUnsaved else { return }
        record.isUnsaved = true
        unsaved.append(target)
    }

    /// Lets a target be saved after a verdict: all of it when more than the verdict's age has changed.
    mutating func noteVerdict(_ target: TargetID, _ record: TargetRecord) {
        let mark = SaveMark(record)
        if mark != record.saveMark {
            record.saveMark = mark
            markUnsaved(target, record)
        } else if !record.isHeard {
            record.isHeard = true
            heard.append(target)
        }
    }
}
