// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import Resilience

/// From outcomes to statuses: one breaker and one status per target, one status per group, one aggregate.
///
/// Every step takes the present and first lets time do its work: waits that have passed half-open breakers, verdicts that are
/// too old become stale, maintenance begins and ends. An outcome costs logarithmic time in the number of targets; groups and
/// aggregate follow from counters. There is no I/O and no clock, so a list of steps replays to the same statuses.
/// ``StatusRules``, `GroupRule` and `AggregateRule` hold the rules.
///
/// An outcome that is our own fault or unknown never moves a target: its permit is given back, and the last verdict counts on
/// until it is stale.
package struct Assessment: ~Copyable {
    /// The most changes that are kept for a reader; of more, the oldest are lost, which shows as a gap in their sequence.
    package static let maximumChanges = 4_096
    /// The most breakers that are found by name; a target beyond them has its breaker all the same.
    package static let maximumManagedBreakers = 100_000

    let maximumStaleness: Int
    private let clock: BreakerClock
    private let breakers: CircuitBreakerManager
    /// What the last policy has made, as most targets have the same one.
    private var lastPolicy: (policy: BreakerPolicy, settings: CircuitBreakerSettings)?
    /// What was said last of a closed breaker without failures, as of most the same is said.
    var lastCalmText = ""
    let mailbox = TransitionMailbox()
    /// The origin of the breakers' time.
    let origin: MonotonicInstant

    var records = TargetRecords()
    /// What groups and aggregate are drawn from; a change makes the explanation of the aggregate be drawn up anew.
    var ledger: AggregateLedger {
        didSet {
            lastExplanation = nil
            isSettled = false
        }
    }
    /// Whether groups and aggregate follow from the ledger as it is.
    var isSettled = false
    var halfOpenings = DeadlineQueue()
    var staleness = StalenessWatch()
    /// The changes that nobody has taken out yet.
    package internal(set) var changes = ChangeLog(capacity: Assessment.maximumChanges)
    var touched: [TargetID] = []
    /// Targets of which nothing but figures has changed.
    var counted: [TargetID] = []
    /// Targets that are to be saved, and those of which only the last verdict's age is.
    var unsaved: [TargetID] = []
    /// How many of the former have been taken out already.
    var unsavedTaken = 0
    var heard: [TargetID] = []
    /// The groups as they were last shown, in the order of the settings.
    private var shownGroups: [GroupHealth] = []

    /// Targets with a plan of maintenance.
    var maintained: Set<TargetID> = []
    /// The next time on the wall clock at which maintenance begins or ends.
    var nextMaintenanceChange: WallTime?
    /// When that was last looked at.
    var maintenanceSeenAt: Moment

    /// When time last did its work.
    private var advancedTo: Moment
    var isDraining = false
    /// The rule that decides; nil until the first list of targets is complete.
    var aggregateRule: AggregateRule?
    var aggregateSince: WallTime
    var lastExplanation: AggregateExplanation?

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
            haveManyCallers: false,
            capacity: Self.maximumManagedBreakers,
            time: TimeSource(clock),
            randomSeed: seed,
            onTransition: { mailbox.deliver($0) }
        )
        aggregateSince = moment.wall
        maintenanceSeenAt = moment
        advancedTo = moment
        ledger = AggregateLedger(AggregateSettings(), after: nil, at: moment)
    }

    // MARK: Targets

    /// Takes a target in, as `starting`.
    ///
    /// Follow the last change of the list with ``reassess(settings:at:)``.
    ///
    /// - Parameters:
    ///   - target: its place, which must be free.
    ///   - definition: what is probed, and how.
    ///   - fingerprint: its probe's, if it is known already.
    ///   - moment: the present.
    package mutating func add(
        _ target: TargetID,
        _ definition: ProbeDefinition,
        fingerprint: ProbeFingerprint? = nil,
        at moment: Moment
    ) {
        let spec = definition.spec
        precondition(record(target) == nil, "place \(target.index) is taken already")
        advance(at: moment)
        configure(spec)
        let record = TargetRecord(definition, breaker: breakers.breaker(for: spec.name.text), at: moment)
        record.knownFingerprint = fingerprint
        records[target] = record
        watchMaintenance(target, record)
        settleMaintenance(target, record, at: moment, isTold: false)
        enter(target, record)
        markUnsaved(target, record)
        touch(target, record)
    }

    /// Forgets a target and its breaker; the permit of a run in flight is dropped.
    package mutating func remove(_ target: TargetID, at moment: Moment) {
        advance(at: moment)
        guard let record = record(target) else { return }
        breakers.remove(record.spec.name.text)
        if let entry = record.entry { ledger.leave(target, entry) }
        touchDependents(of: record)
        halfOpenings.remove(target)
        staleness.remove(target)
        maintained.remove(target)
        records[target] = nil
    }

    /// Gives a target another definition of the same probe; its breaker keeps its state, and its status stays.
    ///
    /// A verdict is believed at least as long as the new interval asks for, so that a longer interval makes nobody stale.
    package mutating func replace(_ target: TargetID, _ definition: ProbeDefinition, at moment: Moment) {
        let spec = definition.spec
        advance(at: moment)
        guard let record = record(target), record.spec != spec else { return }
        precondition(record.spec.name == spec.name, "\(spec.name) cannot take the place of \(record.spec.name)")
        if let entry = record.entry { ledger.leave(target, entry) }
        record.entry = nil
        record.definition = definition
        record.maintenancePlan.windows = spec.maintenance
        watchMaintenance(target, record)
        settleMaintenance(target, record, at: moment)
        enter(target, record)
        configure(spec)
        settleBreaker(target, record, .nothing, at: moment)
        if let staleAfter = record.staleAfter, !record.isAged {
            let extended = moment.instant.advanced(by: spec.interval).advanced(by: spec.timeout)
            record.staleAfter = max(staleAfter, extended)
        }
        watchStaleness(target, record)
        touch(target, record)
    }

    /// Draws groups and aggregate from a list of targets that was changed and is complete now.
    ///
    /// The first call establishes them without telling of a change, as does any for a group that is new.
    ///
    /// - Parameters:
    ///   - settings: how the aggregate is made from now on; nil = as before.
    ///   - moment: the present.
    package mutating func reassess(settings: AggregateSettings? = nil, at moment: Moment) {
        advance(at: moment)
        let old = ledger
        var targets: [TargetName: TargetID] = [:]
        ledger = AggregateLedger(settings ?? old.settings, after: old, at: moment)
        for target in records.targets {
            guard let record = record(target) else { continue }
            targets[record.spec.name] = target
            enter(target, record)
            watchStaleness(target, record)
        }
        linkDependencies(targets)
        for (place, oldStatus) in ledger.settle(at: moment) where old.knows(ledger.settings.groups[place].name) {
            tell(place, was: oldStatus, at: moment)
        }
        shownGroups = ledger.groups.indices.map { shown(group: $0) }
        _ = ledger.takeTouched()
        guard aggregateRule == nil else { return refreshAggregate(at: moment) }
        aggregateRule = newRule
        aggregateSince = moment.wall
    }

    // MARK: Runs

    /// Asks the target's breaker for a run that starts now.
    ///
    /// When it is admitted, the permit is held until ``finish(_:outcome:at:)``.
    package mutating func begin(_ target: TargetID, at moment: Moment) -> ProbeAdmission {
        advance(at: moment)
        guard let record = record(target) else { return .rejected(.onInterval) }
        count(target, record)
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

    /// Takes the outcome of the run that ``begin(_:at:)`` let through.
    ///
    /// Follow it with ``plan(_:due:at:)``.
    package mutating func finish(_ target: TargetID, outcome: Outcome, at moment: Moment) -> ProbeSettlement {
        advance(at: moment)
        guard let record = record(target) else { return ProbeSettlement(next: .onInterval, isCounted: false) }
        let permit = record.permit.take()
        let finding = outcome.finding
        let hadLearntNothing = record.hasLearntNothing
        record.counters.count(outcome)
        record.lastOutcome = outcome
        record.hasLearntNothing = finding == .nothing
        record.lastOutcomeAt = moment.wall
        guard let permit else {
            // It moves nothing, and nothing but figures tells of it, unless it said nothing about the target or is the first that does.
            if record.hasLearntNothing || hadLearntNothing { touch(target, record) } else { count(target, record) }
            record.isCalm = false
            return ProbeSettlement(next: record.nextDue, isCounted: false)
        }
        note(finding, outcome, of: target, record, at: moment)
        settle(permit, finding, outcome)
        let isQuiet = settleBreaker(target, record, finding, at: moment)
        if finding != .nothing { noteVerdict(target, record) }
        let wasCalm = record.isCalm
        record.isCalm = isQuiet && record.status == .healthy
        if wasCalm, record.isCalm { count(target, record) } else { touch(target, record) }
        if !isSettled { refreshAggregate(at: moment) }
        return ProbeSettlement(next: record.nextDue, isCounted: true)
    }

    /// Takes note of when a target will be probed next, from which follows how long its last verdict is believed.
    ///
    /// - Parameters:
    ///   - target: the target.
    ///   - due: when it will be probed next; nil when it is now.
    ///   - moment: the present.
    /// - Returns: until when the last verdict is believed: until `maximumStaleness` planned gaps after the end of its run, plus the probe's
    ///   timeout. nil when none has counted since the last call, so that it is as it was.
    @discardableResult
    package mutating func plan(_ target: TargetID, due: MonotonicInstant?, at moment: Moment) -> MonotonicInstant? {
        advance(at: moment)
        guard let record = record(target), let end = record.lastVerdictEnd, record.isPlanMissing else { return nil }
        record.isPlanMissing = false
        let wait = due.map { moment.instant.nanoseconds(to: $0) } ?? 0
        let staleAfter = end.advanced(byNanoseconds: record.belief(gaps: maximumStaleness, wait: wait))
        record.staleAfter = staleAfter
        watchStaleness(target, record)
        if staleAfter <= moment.instant { letTimePass(until: moment) }
        return staleAfter
    }

    // MARK: Time

    /// When time alone changes something next, if that is not after `limit`: a breaker half-opens, a verdict grows stale, maintenance
    /// begins or ends.
    ///
    /// Mutating, as verdicts that were renewed are put in order as far as this needs it.
    package mutating func nextDeadline(by limit: MonotonicInstant = .never) -> MonotonicInstant? {
        let halfOpening = halfOpenings.first?.deadline
        let deadline = MonotonicInstant.earlier(halfOpening, staleness.first(by: .earlier(limit, halfOpening ?? limit)))
        let change = nextMaintenanceChange == nil ? deadline : MonotonicInstant.earlier(deadline, maintenanceDeadline)
        return change.flatMap { $0 <= limit ? $0 : nil }
    }

    /// Lets time do its work up to now.
    package mutating func advance(at moment: Moment) {
        // Every step begins with it, and most steps of a turn are taken at one moment.
        if moment == advancedTo { return }
        letTimePass(until: moment)
    }

    private mutating func letTimePass(until moment: Moment) {
        advancedTo = moment
        clock.advance(to: moment.instant)
        advanceMaintenance(at: moment)
        while let first = halfOpenings.first, first.deadline <= moment.instant {
            halfOpenings.remove(first.target)
            guard let record = record(first.target) else { continue }
            settleBreaker(first.target, record, .nothing, at: moment)
            refreshAggregate(at: moment)
        }
        while let target = staleness.popExpired(now: moment.instant) {
            guard let record = record(target) else { continue }
            recount(target, record) { record.isAged = true }
            if record.status == .unhealthy {
                touch(target, record)
            } else {
                record.isStale = true
                follow([], of: target, record, at: moment)
            }
            refreshAggregate(at: moment)
        }
    }

    /// Says that the agent is shutting down, from now on.
    package mutating func drain(at moment: Moment) {
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
        mutating get { AggregateHealth(rule, explanation, since: aggregateSince) }
    }

    /// How the aggregate is made.
    package var settings: AggregateSettings { ledger.settings }

    /// Whether there is a group with this name.
    package func hasGroup(_ name: GroupName) -> Bool { ledger.settings.groups.contains { $0.name == name } }

    /// Every group as publishers show it, sorted by name; linear in the members of those that have changed.
    package var groups: [GroupHealth] {
        mutating get {
            guard ledger.isTouched else { return shownGroups }
            for place in ledger.takeTouched() { shownGroups[place] = shown(group: place) }
            return shownGroups
        }
    }

    /// The earliest instants at which a verdict grows too old: one that the aggregate may rest on (the end of time when there is none), and
    /// any whose age matters.
    ///
    /// Linear in the number of targets.
    package var ages: (freshUntil: MonotonicInstant, nextStale: MonotonicInstant?) {
        let earliest = staleness.earliest
        return (earliest.required ?? .never, earliest.any)
    }

    /// Takes out what has changed since the last call, oldest first.
    package mutating func takeChanges() -> [HealthChange] {
        changes.takeAll()
    }
}

extension Assessment {
    /// What is looked at for every probe of a target, to be fetched in time: objects, and how much of their beginning.
    package func objects(of target: TargetID) -> [(object: AnyObject, bytes: UInt)] {
        guard let record = record(target) else { return [] }
        // Of a breaker, what a call in its lane reads; of a definition, its name, interval and timeout.
        return [(record, TargetRecord.bytesOfEveryRun), (record.breaker, 160), (record.definition, 128)]
    }

    func record(_ target: TargetID) -> TargetRecord? { records[target] }

    private mutating func configure(_ spec: ProbeSpec) {
        if lastPolicy?.policy != spec.breaker {
            lastPolicy = (spec.breaker, CircuitBreakerSettings(CircuitBreakerConfiguration(spec.breaker)))
        }
        guard let settings = lastPolicy?.settings else { return }
        do {
            try breakers.replaceSettings(for: spec.name.text, with: settings)
        } catch {
            preconditionFailure("the policy of \(spec.name) makes an invalid breaker: \(error)")
        }
    }
}
