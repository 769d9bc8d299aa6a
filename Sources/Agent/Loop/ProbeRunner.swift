// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import StateStore

/// Performs on the loop what the pipeline decides: starts probes, hands their outcomes back, publishes, and sleeps until the
/// next thing is due.
///
/// It decides nothing itself but one thing, what an outcome proves although the loop itself was late: a timeout becomes `internal`,
/// because a stalled agent cannot tell, and for the time of a standstill nothing is slow. Where there are several loops, a crew has
/// the others; the probers there are started and heard like any.
final class ProbeRunner: TimerHandler {
    /// Most probes that are started in one turn of the loop; the rest follow in the next, after those that are under way had theirs.
    ///
    /// So few that what a turn starts takes a small part of any timeout: a loop that has more to do than it can then starts late, which
    /// is known and told, and does not let probes run out of time that could have passed. And so few that an answer does not wait for a
    /// whole bunch to be started, and finds in the caches what its probe used.
    static let startsPerTurn = 16
    /// For how many of them what they use is fetched together: more would push out of the caches what was fetched first.
    private static let fetchesPerTurn = 32
    /// How often the loop shows that it is alive when nothing else is due.
    private static let heartbeat = Duration.milliseconds(500)
    /// How often the files that probes name are asked for problems.
    private static let fileCheck = Duration.seconds(5)

    var pipeline: HealthPipeline
    let factory: ProberFactory
    /// The loops besides this one; nil = there are none.
    let crew: ProbingCrew?
    private let reports: any ProbeLoopReports
    let keeper: (any StateKeeper)?
    var probers: [TargetName: Prepared] = [:]
    /// The same by the targets' places, for every start.
    var probersByPlace: [Prepared?] = []
    /// What is used to probe them, by the same places.
    var footprints: [Footprint] = []
    /// Whose prober an object is.
    var targets: [ObjectIdentifier: TargetName] = [:]
    /// How late runs were handed out that other loops have not begun yet, as far as is known.
    var lateness: [ProbeRunID: Duration] = [:]
    private var timer: (id: TimerID, deadline: MonotonicInstant)?
    /// What is known to be wrong with files, and when that is looked at next.
    private var fileProblems: [String] = []
    private var nextFileCheck = MonotonicInstant(nanoseconds: 0)
    /// What is started in this step; kept between steps, as its storage serves again.
    private var starts: [ProbeStart] = []
    var isStepping = false
    var isStopped = false
    /// Who waits for the outcome of a run.
    var awaited: [ProbeRunID: AwaitedOutcome] = [:]

    init(
        _ plan: ProbePlan,
        factory: ProberFactory,
        crew: ProbingCrew? = nil,
        reports: any ProbeLoopReports,
        on loop: isolated EventLoop
    ) {
        self.factory = factory
        self.crew = crew
        self.reports = reports
        keeper = plan.keeper
        let made = Self.probers(plan.specs, factory, crew, on: loop)
        pipeline = plan.makePipeline(at: loop.moment)
        enter(made)
        prepare(plan.specs, on: loop)
    }

    /// Starts what is due, and does all else that is, then sets the timer for the next thing.
    ///
    /// Called by its timer alone. So it runs once in a turn of the loop at most, as what has ended makes room for nothing more; and the
    /// first starts do not lie in the turn in which all probers are made, whose time is not the targets'.
    private func startDue(on loop: isolated EventLoop) {
        guard !isStopped else { return }
        let moment = loop.moment
        // A prober may report within `start`.
        isStepping = true
        pipeline.forEachDue(by: moment.instant, limit: Self.fetchesPerTurn) { footprints[$0.index].fetch() }
        pipeline.takeDue(at: moment, limit: Self.startsPerTurn, into: &starts)
        for start in starts { self.start(start, on: loop) }
        isStepping = false
        step(at: moment, on: loop)
    }

    /// Does all that is due but to start probes, then sets the timer for the next thing, which those may be.
    func step(on loop: isolated EventLoop) {
        guard !isStepping, !isStopped else { return }
        step(at: loop.moment, on: loop)
    }

    private func step(at moment: Moment, on loop: isolated EventLoop) {
        isStepping = true
        if let snapshot = pipeline.publication(at: moment, scripts: factory.scripts.slots.health) {
            reports.publish(snapshot)
        }
        for change in pipeline.takeChanges() { reports.changed(change) }
        keepState(at: moment)
        if moment.instant >= nextFileCheck { checkFiles(at: moment.instant) }
        // A loop that hangs is as good as this one hanging: its targets are not probed.
        reports.alive(at: crew?.oldestBeat(at: moment.instant) ?? moment.instant)
        isStepping = false
        let heartbeat = moment.instant.advanced(by: Self.heartbeat)
        sleep(until: min(pipeline.nextWake ?? heartbeat, heartbeat), on: loop)
    }

    /// Shows the agent as draining; no probe is started any more.
    func drain(on loop: isolated EventLoop) {
        pipeline.drain(at: loop.moment)
        step(on: loop)
    }

    /// Publishes the figures of all targets, over the next turns.
    func showFigures(on loop: isolated EventLoop) {
        pipeline.askForFigures(at: loop.moment)
        step(on: loop)
    }

    /// Probes these targets from now on; what did not change goes on as it is.
    func replace(specs: [ProbeSpec], aggregate: AggregateSettings, on loop: isolated EventLoop) {
        makeProbers(specs, on: loop)
        pipeline.replace(specs: specs, aggregate: aggregate, at: loop.moment)
        prepare(specs, on: loop)
        step(on: loop)
    }

    /// Shows which configuration is in force.
    func note(_ configuration: ConfigurationState, on loop: isolated EventLoop) {
        pipeline.note(configuration, at: loop.moment)
        step(on: loop)
    }

    /// Ends every run without an outcome; nothing is left on the loop.
    func stop(on loop: isolated EventLoop) {
        isStopped = true
        keepState(at: loop.moment, isLast: true)
        if let timer { loop.cancel(timer.id) }
        timer = nil
        awaited.removeAll()
        lateness.removeAll()
        // By name, as everything that can be seen from outside happens in one order.
        for name in probers.keys.sorted() { probers[name]?.prober.stop(on: loop) }
        probers.removeAll()
        probersByPlace.removeAll()
        footprints.removeAll()
        targets.removeAll()
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        self.timer = nil
        startDue(on: loop)
    }

    /// Hands over what is to survive, where that is due.
    private func keepState(at moment: Moment, isLast: Bool = false) {
        guard let keeper, let batch = pipeline.takeState(at: moment, isLast: isLast) else { return }
        pipeline.note(keeper.keep(batch), at: moment)
    }

    func start(_ start: ProbeStart, on loop: isolated EventLoop) {
        guard let prepared = probersByPlace[start.run.target.index] else {
            preconditionFailure("no prober for \(start.spec.name)")
        }
        let timeout = start.definition.spec.timeout
        let deadline = loop.kernel.now.advanced(by: timeout)
        prepared.run = Run(id: start.run, timeout: timeout, deadline: deadline)
        if crew != nil { note(start, isDistant: prepared.isDistant, at: loop.moment) }
        prepared.prober.start(ProbeRunID(start.run), deadline: deadline, for: self, on: loop)
    }

    /// Counts a start where there are several loops: now, or when the loop that runs it has begun with it.
    private func note(_ start: ProbeStart, isDistant: Bool, at moment: Moment) {
        guard isDistant else { return pipeline.began(lateness: start.lateness, at: moment) }
        lateness[ProbeRunID(start.run)] = start.lateness
    }

    /// Tells what has changed about the files that probes name.
    private func checkFiles(at now: MonotonicInstant) {
        nextFileCheck = now.advanced(by: Self.fileCheck)
        var problems = factory.fileProblems
        if let crew { problems = Set(problems + crew.fileProblems).sorted() }
        guard problems != fileProblems else { return }
        for problem in problems where !fileProblems.contains(problem) { reports.files(.began(problem)) }
        for problem in fileProblems where !problems.contains(problem) { reports.files(.ended(problem)) }
        fileProblems = problems
    }

    /// Moves the timer only when it would fire too late; firing early costs one idle step.
    func sleep(until instant: MonotonicInstant, on loop: isolated EventLoop) {
        if let timer {
            guard instant < timer.deadline else { return }
            loop.cancel(timer.id)
        }
        timer = (loop.schedule(self, at: instant), instant)
    }
}

extension ProbeRunID {
    /// What the probers know a run by.
    init(_ run: RunID) {
        self.init(run.number, place: run.target.index)
    }
}

extension EventLoop {
    /// Both clocks, read now.
    var moment: Moment { Moment(instant: kernel.now, wall: kernel.wallTime) }
}
