// SPDX-License-Identifier: Apache-2.0

import Assessment
package import HealthModel
import ProbeSchedule
package import StateStore

/// The whole of the agent that decides and does nothing else: which probe runs when, what its outcome means, what is published.
///
/// ```swift
/// var pipeline = HealthPipeline(specs: specs, settings: settings, name: "edge-1", version: "1.0", seed: seed, at: moment)
/// for start in pipeline.takeDue(at: moment, limit: room) { … run it, later: pipeline.finish(start.run, outcome: …, at: …) }
/// if let snapshot = pipeline.publication(at: moment) { … publish it }
/// // sleep until pipeline.nextWake
/// ```
///
/// There is no clock, no randomness and no I/O in it: the same specs, seed and calls give the same snapshots. It has one owner,
/// the loop, so that no access to any part of it needs a check.
package struct HealthPipeline: ~Copyable {
    var assessment: Assessment
    /// Whether a run counts as started when it is handed out; otherwise ``began(lateness:at:)`` is told.
    private let startsAtOnce: Bool
    var schedule: ProbeSchedule
    var table = TargetTable()
    var board = SnapshotBoard()
    var publishing: Publishing
    var pacer = PublicationPacer()
    var faults: OwnFaultWatch
    var agent: AgentHealth
    /// The changes that were noted for publication.
    private var noted: ChangeCounts
    var isDraining = false
    var histories = HistoryBook()
    var maintenance = MaintenanceBook()
    /// What is to survive the agent; nil where nothing is.
    var journal: StateJournal?
    /// What is known of the probes of the first targets, until those are made.
    private var fingerprints: [TargetName: ProbeFingerprint] = [:]
    /// Why state is in memory only; nil while it is kept.
    var stateProblem: AgentProblem?

    /// Where all runs have gone.
    package private(set) var account = RunAccount()

    /// Starts an agent: its first probes are due at once, and a first snapshot is due.
    ///
    /// - Parameters:
    ///   - specs: the targets, no two with the same name, in the order of their first probes.
    ///   - settings: of which the staleness and the aggregate matter here.
    ///   - name: the agent's name in every output.
    ///   - version: the agent's version.
    ///   - seed: decides the jitter of probes and breakers.
    ///   - startsAtOnce: whether a run begins when it is handed out, and not when another loop has taken it up.
    ///   - keepsState: whether ``takeState(at:isLast:)`` hands anything out.
    ///   - saved: what an earlier run has left.
    ///   - fingerprints: those of the targets' probes, as far as they are known.
    ///   - moment: the present.
    package init(
        specs: [ProbeSpec],
        settings: AgentSettings,
        name: String,
        version: String,
        seed: UInt64,
        startsAtOnce: Bool = true,
        keepsState: Bool = false,
        restoring saved: SavedState? = nil,
        fingerprints: [TargetName: ProbeFingerprint] = [:],
        at moment: Moment
    ) {
        assessment = Assessment(maximumStaleness: settings.maximumStaleness, seed: seed, at: moment)
        noted = assessment.changes.counts
        schedule = ProbeSchedule(origin: moment.instant, seed: seed, capacity: specs.count)
        faults = OwnFaultWatch(now: moment.instant)
        agent = AgentHealth(name: name, version: version, startedAt: moment.wall)
        publishing = Publishing(at: moment.instant)
        self.startsAtOnce = startsAtOnce
        if keepsState { journal = StateJournal() }
        self.fingerprints = fingerprints
        replace(specs: specs, aggregate: settings.aggregate, restoring: saved, at: moment)
        self.fingerprints = [:]
    }

    /// The aggregate's status, up to the last call that took the present.
    package var aggregateStatus: AggregateStatus { assessment.aggregateStatus }

    /// When the pipeline has something to do next: a probe is due, time changes a status, or a snapshot is to be published.
    ///
    /// It lies in the past as long as due probes are left waiting.
    package var nextWake: MonotonicInstant? {
        mutating get {
            let due = isDraining ? nil : schedule.nextDue
            let publication = MonotonicInstant.earlier(pacer.due, publishing.figuresAskedAt)
            let known = MonotonicInstant.earlier(due, MonotonicInstant.earlier(maintenance.nextEnd, publication))
            return assessment.nextDeadline(by: known ?? .never) ?? known
        }
    }

    /// Whether there is something to tell now: a change, or a snapshot that is due.
    package func hasNews(at now: MonotonicInstant) -> Bool {
        !assessment.changes.isEmpty || pacer.isDue(now: now)
    }

    /// The place of a target.
    func place(of name: TargetName) -> TargetID? { table[name] }

    /// Takes out the probes to start now, longest due first; none while draining.
    ///
    /// - Parameters:
    ///   - moment: the present; the runs count as started at it.
    ///   - limit: the most probes to start; the others stay due.
    /// - Returns: at most `limit` probes, each of a target that has no run in flight.
    package mutating func takeDue(at moment: Moment, limit: Int) -> [ProbeStart] {
        var starts: [ProbeStart] = []
        takeDue(at: moment, limit: limit, into: &starts)
        return starts
    }

    /// The same, into an array whose storage serves again.
    mutating func takeDue(at moment: Moment, limit: Int, into starts: inout [ProbeStart]) {
        starts.removeAll(keepingCapacity: true)
        advance(at: moment)
        guard !isDraining else { return }
        while starts.count < limit, let tick = schedule.popDue(now: moment.instant) {
            switch assessment.begin(tick.target, at: moment) {
            case .admitted, .observeOnly:
                if let start = start(tick, at: moment) { starts.append(start) }
            case .rejected(let next):
                schedule.finish(tick.target, next: next, now: moment.instant)
            }
        }
        noteChanges(at: moment)
    }

    /// Names targets that ``takeDue(at:limit:into:)`` will look at, at most `limit`, in no order.
    func forEachDue(by now: MonotonicInstant, limit: Int, _ body: (TargetID) -> Void) {
        schedule.forEachDue(by: now, limit: limit, body)
    }

    /// What is looked at for every probe of a target, to be fetched in time: objects, and how much of their beginning.
    func objects(of target: TargetID) -> [(object: AnyObject, bytes: UInt)] { assessment.objects(of: target) }

    /// Takes the outcome of a run.
    ///
    /// - Parameters:
    ///   - run: a run that ``takeDue(at:limit:)`` handed out.
    ///   - outcome: what came of it.
    ///   - moment: the present.
    /// - Returns: false when nobody waits for it any more: its target was removed, or it was finished before.
    @discardableResult
    package mutating func finish(_ run: RunID, outcome: Outcome, at moment: Moment) -> Bool {
        advance(at: moment)
        guard table.run(of: run.target) == run.number else { return false }
        table.setRun(nil, of: run.target)
        account.finished += 1
        if outcome.reason == .internal { agent.internalFailures += 1 }
        faults.finished(outcome, of: run.target, at: moment)
        let settlement = assessment.finish(run.target, outcome: outcome, at: moment)
        histories.note(outcome, isCounted: settlement.isCounted, of: run.target, at: moment.wall)
        if let definition = table.definition(of: run.target) {
            journal?.note(outcome, of: run.target, definition.spec.name, at: moment.wall)
        }
        schedule.finish(run.target, next: settlement.next, now: moment.instant)
        let belief = assessment.plan(run.target, due: schedule.nextDue(of: run.target), at: moment)
        if let belief { board.renew(run.target, until: belief) }
        pacer.note(.counters, now: moment.instant)
        noteChanges(at: moment)
        return true
    }

    /// Lets a target be probed now, before its turn, because what its last run said holds no longer.
    ///
    /// Its breaker decides about the run as about any other.
    package mutating func hurry(_ name: TargetName, at moment: Moment) {
        advance(at: moment)
        guard !isDraining, let target = table[name] else { return }
        schedule.hurry(target, now: moment.instant)
    }

    /// Lets time do its work: breakers half-open, verdicts grow stale.
    package mutating func advance(at moment: Moment) {
        assessment.advance(at: moment)
        endMaintenance(at: moment)
        noteChanges(at: moment)
    }

    /// Starts to shut down: the aggregate is draining from now on, and no probe is started any more.
    package mutating func drain(at moment: Moment) {
        isDraining = true
        assessment.drain(at: moment)
        noteChanges(at: moment)
    }

    /// Changes the list of targets.
    ///
    /// A target whose definition is the same keeps everything. One that probes the same with other settings keeps its breaker's
    /// state, its status and its history. Any other is new: it is probed at once and is `starting` until its first verdict.
    ///
    /// - Parameters:
    ///   - specs: all targets, no two with the same name.
    ///   - aggregate: how the aggregate is made of them; nil = as before.
    ///   - moment: the present.
    package mutating func replace(specs: [ProbeSpec], aggregate: AggregateSettings? = nil, at moment: Moment) {
        replace(specs: specs, aggregate: aggregate, restoring: nil, at: moment)
    }

    private mutating func replace(
        specs: [ProbeSpec],
        aggregate: AggregateSettings?,
        restoring saved: SavedState?,
        at moment: Moment
    ) {
        // So that time changes nothing while the list is not complete.
        advance(at: moment)
        let wanted = Set(specs.map(\.name))
        for name in table.names.filter({ !wanted.contains($0) }) { remove(name, at: moment) }
        var rank = 0
        for spec in specs {
            if let target = table[spec.name], let known = table.definition(of: target)?.spec {
                if known == spec { continue }
                if known.probe == spec.probe {
                    adjust(target, to: spec, at: moment)
                    continue
                }
                remove(spec.name, at: moment)
            }
            add(spec, rank: rank, at: moment)
            rank += 1
        }
        if let saved { restore(saved, at: moment) }
        journal?.note(roster: wanted)
        histories.fit(targets: specs.count)
        pacer.fit(targets: specs.count)
        assessment.reassess(settings: aggregate, at: moment)
        _ = assessment.takeTouched()
        while assessment.takeLastCounted() != nil {}
        board.lay(table.targetsByName.compactMap { target in health(of: target).map { (target, $0) } })
        pacer.note(.target, now: moment.instant)
        noteChanges(at: moment)
    }

    /// Shows which configuration is in force, with the next snapshot.
    package mutating func note(_ configuration: ConfigurationState, at moment: Moment) {
        guard agent.configuration != configuration else { return }
        agent.configuration = configuration
        pacer.note(.target, now: moment.instant)
    }

    /// Takes out the changes since the last call, oldest first, for logs and events.
    package mutating func takeChanges() -> [HealthChange] {
        let changes = assessment.takeChanges()
        for change in changes {
            note(change)
            journal?.note(change)
        }
        return changes
    }

    mutating func start(_ tick: Tick, at moment: Moment) -> ProbeStart? {
        guard let definition = table.definition(of: tick.target) else { return nil }
        account.started += 1
        if startsAtOnce { began(lateness: tick.lateness, at: moment) }
        table.setRun(account.started, of: tick.target)
        let run = RunID(target: tick.target, number: account.started)
        return ProbeStart(run: run, definition: definition, due: tick.due, lateness: tick.lateness)
    }

    /// Counts one start.
    @inline(__always)
    mutating func began(lateness: Duration, at moment: Moment) {
        agent.lateness.observe(lateness)
        faults.started(lateness: lateness, now: moment.instant)
    }

    private mutating func add(_ spec: ProbeSpec, rank: Int, at moment: Moment) {
        let definition = ProbeDefinition(spec)
        let target = table.insert(definition)
        assessment.add(target, definition, fingerprint: fingerprints[spec.name], at: moment)
        assessment.setMaintenance(maintenance.orders(for: spec), of: target, at: moment)
        schedule.add(target, name: spec.name, timing: ProbeTiming(spec), rank: rank, now: moment.instant)
    }

    private mutating func remove(_ name: TargetName, at moment: Moment) {
        guard let target = table[name] else { return }
        if table.run(of: target) != nil { account.abandoned += 1 }
        faults.removed(target, now: moment.instant)
        table.remove(target)
        schedule.remove(target)
        histories.forget(target)
        assessment.remove(target, at: moment)
    }

    private mutating func adjust(_ target: TargetID, to spec: ProbeSpec, at moment: Moment) {
        let definition = ProbeDefinition(spec)
        table.replace(target, definition)
        schedule.replace(target, timing: ProbeTiming(spec), now: moment.instant)
        assessment.replace(target, definition, at: moment)
        assessment.setMaintenance(maintenance.orders(for: spec), of: target, at: moment)
    }

    mutating func health(of target: TargetID) -> TargetHealth? {
        assessment.health(of: target, nextDue: schedule.nextDue(of: target))
    }

    /// Lets what the last step changed be published.
    mutating func noteChanges(at moment: Moment) {
        let counts = assessment.changes.counts
        if counts.aggregate != noted.aggregate { pacer.note(.aggregate, now: moment.instant) }
        if counts.targets != noted.targets || counts.others != noted.others { pacer.note(.target, now: moment.instant) }
        noted = counts
    }
}
