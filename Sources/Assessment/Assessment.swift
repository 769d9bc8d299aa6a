// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import Resilience

/// From outcomes to statuses: one breaker per target, one status per target, one aggregate.
///
/// Every step takes the present and first lets time do its work: waits that have passed half-open breakers, verdicts that are
/// too old become stale. An outcome costs logarithmic time in the number of targets; the aggregate follows from counters. There
/// is no I/O and no clock, so a list of steps replays to the same statuses. ``StatusRules`` and ``AggregateTally`` hold the
/// rules.
///
/// An outcome that is our own fault or unknown never moves a target: its permit is given back, and the last verdict counts on
/// until it is stale.
package final class Assessment {
    /// The most changes that are kept for a reader; of more, the oldest are lost, which shows as a gap in their sequence.
    package static let maximumChanges = 4_096
    /// The most breakers that are found by name; a target beyond them has its breaker all the same.
    package static let maximumManagedBreakers = 100_000

    private let maximumStaleness: Int
    private let clock: BreakerClock
    private let breakers: CircuitBreakerManager
    let mailbox = TransitionMailbox()
    /// The origin of the breakers' time.
    let origin: MonotonicInstant

    private var records: [TargetRecord?] = []
    /// How many targets there are of each kind; a change makes the explanation of the aggregate be drawn up anew.
    var tally = AggregateTally() {
        didSet { lastExplanation = nil }
    }
    var halfOpenings = DeadlineQueue()
    var staleness = StalenessWatch()
    var changes = ChangeLog(capacity: Assessment.maximumChanges)
    private var touched: [TargetID] = []

    private var isDraining = false
    /// The rule that decides; nil until the first list of targets is complete.
    private var aggregateRule: AggregateTally.Rule?
    private var aggregateSince: WallTime
    private var lastExplanation: AggregateExplanation?

    /// An assessment without targets.
    ///
    /// - Parameters:
    ///   - maximumStaleness: how many planned gaps between probes a verdict is believed, at least 1.
    ///   - seed: decides the jitter of the breakers' open times.
    ///   - moment: the present.
    package init(maximumStaleness: Int, seed: UInt64, at moment: Moment) {
        precondition(maximumStaleness >= 1, "a verdict is believed for at least one gap: \(maximumStaleness)")
        self.maximumStaleness = maximumStaleness
        origin = moment.instant
        clock = BreakerClock(moment.instant)
        let mailbox = mailbox
        breakers = CircuitBreakerManager(
            capacity: Self.maximumManagedBreakers,
            time: TimeSource(clock),
            randomSeed: seed,
            onTransition: { mailbox.deliver($0) }
        )
        aggregateSince = moment.wall
    }

    // MARK: Targets

    /// Takes a target in, as `starting`.
    ///
    /// Follow the last change of the list with ``reassess(at:)``.
    package func add(_ target: TargetID, spec: ProbeSpec, at moment: Moment) {
        precondition(record(target) == nil, "place \(target.index) is taken already")
        advance(at: moment)
        configure(spec)
        while records.count <= target.index { records.append(nil) }
        let record = TargetRecord(spec: spec, breaker: breakers.breaker(for: spec.name.text), at: moment)
        records[target.index] = record
        tally.add(record.impact, record.status)
        touch(target)
    }

    /// Forgets a target and its breaker; the permit of a run in flight is dropped.
    package func remove(_ target: TargetID, at moment: Moment) {
        advance(at: moment)
        guard let record = record(target) else { return }
        breakers.remove(record.spec.name.text)
        tally.remove(record.impact, record.status)
        halfOpenings.remove(target)
        staleness.set(nil, for: target, isRequired: record.impact == .required)
        records[target.index] = nil
    }

    /// Gives a target another definition of the same probe; its breaker keeps its state, and its status stays.
    ///
    /// A verdict is believed at least as long as the new interval asks for, so that a longer interval makes nobody stale.
    package func replace(_ target: TargetID, spec: ProbeSpec, at moment: Moment) {
        advance(at: moment)
        guard let record = record(target), record.spec != spec else { return }
        precondition(record.spec.name == spec.name, "\(spec.name) cannot take the place of \(record.spec.name)")
        tally.remove(record.impact, record.status)
        staleness.set(nil, for: target, isRequired: record.impact == .required)
        record.spec = spec
        record.definition = ProbeDefinition(spec)
        tally.add(record.impact, record.status)
        configure(spec)
        settleBreaker(target, record, .nothing, at: moment)
        if let staleAfter = record.staleAfter {
            let extended = moment.instant.advanced(by: spec.interval).advanced(by: spec.timeout)
            record.staleAfter = max(staleAfter, extended)
        }
        watchStaleness(target, record)
        touch(target)
    }

    /// Draws the aggregate from a list of targets that was changed and is complete now.
    ///
    /// The first call establishes the aggregate without telling of a change.
    package func reassess(at moment: Moment) {
        advance(at: moment)
        guard aggregateRule == nil else { return refreshAggregate(at: moment) }
        aggregateRule = tally.rule(isDraining: isDraining)
        aggregateSince = moment.wall
    }

    // MARK: Runs

    /// Asks the target's breaker for a run that starts now.
    ///
    /// When it is admitted, the permit is held until ``finish(_:outcome:at:)``.
    package func begin(_ target: TargetID, at moment: Moment) -> ProbeAdmission {
        advance(at: moment)
        guard let record = record(target) else { return .rejected(.onInterval) }
        defer { touch(target) }
        let admission = record.breaker.tryAcquire()
        switch consume admission {
        case .admitted(let permit):
            record.permit = consume permit
            return .admitted
        case .rejected:
            if record.spec.breaker.whileOpen == .observe { return .observeOnly }
            record.rejected += 1
            return .rejected(record.nextDue)
        }
    }

    /// Takes the outcome of the run that ``begin(_:at:)`` let through, and says when the target is to be probed again.
    ///
    /// Follow it with ``plan(_:due:at:)``.
    package func finish(_ target: TargetID, outcome: Outcome, at moment: Moment) -> NextDue {
        advance(at: moment)
        guard let record = record(target) else { return .onInterval }
        let finding = record.permit == nil ? .nothing : Finding(outcome)
        record.counters.count(outcome)
        record.lastOutcome = outcome
        record.lastOutcomeAt = moment.wall
        note(finding, outcome, in: record, at: moment)
        settle(record, finding, outcome)
        settleBreaker(target, record, finding, at: moment)
        touch(target)
        refreshAggregate(at: moment)
        return record.nextDue
    }

    /// Takes note of when a target will be probed next, from which follows how long its last verdict is believed.
    ///
    /// That is until `maximumStaleness` planned gaps after the end of the verdict's run, plus the probe's timeout.
    package func plan(_ target: TargetID, due: MonotonicInstant?, at moment: Moment) {
        advance(at: moment)
        guard let record = record(target), let end = record.lastVerdictEnd, record.isPlanMissing else { return }
        record.isPlanMissing = false
        let wait = due.map { moment.instant.duration(to: $0) } ?? .zero
        record.staleAfter = end.advanced(by: record.belief(gaps: maximumStaleness, wait: wait))
        watchStaleness(target, record)
        advance(at: moment)
    }

    // MARK: Time

    /// When time alone changes something next: a breaker half-opens or a verdict grows stale.
    package var nextDeadline: MonotonicInstant? {
        MonotonicInstant.earlier(halfOpenings.first?.deadline, staleness.first)
    }

    /// Lets time do its work up to now.
    package func advance(at moment: Moment) {
        clock.advance(to: moment.instant)
        while let first = halfOpenings.first, first.deadline <= moment.instant {
            halfOpenings.remove(first.target)
            guard let record = record(first.target) else { continue }
            settleBreaker(first.target, record, .nothing, at: moment)
            refreshAggregate(at: moment)
        }
        while let target = staleness.popExpired(now: moment.instant) {
            guard let record = record(target) else { continue }
            record.isStale = true
            follow([], of: target, record, at: moment)
            refreshAggregate(at: moment)
        }
    }

    /// Says that the agent is shutting down, from now on.
    package func drain(at moment: Moment) {
        advance(at: moment)
        isDraining = true
        lastExplanation = nil
        refreshAggregate(at: moment)
    }

    // MARK: What came of it

    /// The aggregate's status.
    package var aggregateStatus: AggregateStatus { rule.status }

    /// The aggregate with its explanation.
    ///
    /// Linear in the number of targets after a status has changed, unless it is healthy; constant otherwise.
    package var aggregate: AggregateHealth {
        let explanation = explanation
        return AggregateHealth(
            status: rule.status,
            since: aggregateSince,
            why: explanation.why,
            causes: explanation.causes,
            change: explanation.change
        )
    }

    /// The earliest instant at which a required target that is healthy or degraded goes stale; the end of time when there is
    /// none.
    package var freshUntil: MonotonicInstant {
        staleness.firstRequired ?? MonotonicInstant(nanoseconds: .max)
    }

    /// One target as publishers show it, its next due time aside; nil for an unknown place.
    package func health(of target: TargetID) -> TargetHealth? {
        record(target).map { TargetHealth($0) }
    }

    /// How many changes there have been, taken out or not.
    package var changeCounts: ChangeCounts { changes.counts }

    /// Takes out what has changed since the last call, oldest first.
    package func takeChanges() -> [HealthChange] {
        changes.takeAll()
    }

    /// Takes out the targets that publishers would show differently since the last call; removed ones are not among them.
    package func takeTouched() -> [TargetID] {
        defer { touched.removeAll(keepingCapacity: true) }
        for target in touched { record(target)?.isTouched = false }
        return touched.filter { record($0) != nil }
    }
}

extension Assessment {
    func record(_ target: TargetID) -> TargetRecord? {
        target.index < records.count ? records[target.index] : nil
    }

    private func configure(_ spec: ProbeSpec) {
        let configuration = CircuitBreakerConfiguration(spec.breaker)
        do {
            try breakers.replaceConfiguration(for: spec.name.text, with: configuration)
        } catch {
            preconditionFailure("the policy of \(spec.name) makes an invalid breaker: \(error)")
        }
    }

    private var rule: AggregateTally.Rule { aggregateRule ?? tally.rule(isDraining: isDraining) }

    private var explanation: AggregateExplanation {
        if let lastExplanation { return lastExplanation }
        let targets = records.lazy.compactMap { record in record.map { ($0.spec.name, $0.impact, $0.status) } }
        let explanation = AggregateExplanation(rule, targets: targets)
        lastExplanation = explanation
        return explanation
    }

    func refreshAggregate(at moment: Moment) {
        guard let oldStatus = aggregateRule?.status else { return }
        let newRule = tally.rule(isDraining: isDraining)
        if newRule != aggregateRule { lastExplanation = nil }
        aggregateRule = newRule
        guard newRule.status != oldStatus else { return }
        aggregateSince = moment.wall
        let change = AggregateChange(oldStatus: oldStatus, newStatus: newRule.status, reason: explanation.why)
        changes.append(.aggregate(change), at: moment)
    }

    func touch(_ target: TargetID) {
        guard let record = record(target), !record.isTouched else { return }
        record.isTouched = true
        touched.append(target)
    }
}
