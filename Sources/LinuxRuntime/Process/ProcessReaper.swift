// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Runs programs on the loop, and sees to it that nothing of a run is left when it has ended.
///
/// At the end of a run its process group is killed, then every process that left the group. The agent takes over orphans, so
/// whatever outlives its parent becomes a child of the agent: killing children, again and again, reaches every descendant, and
/// never a stranger whose number was used again, since a child's number stays taken until it is reaped. One reaper serves all
/// scripts of the agent. It reaps each process by its number, so other parts of the agent may have children too.
package final class ProcessReaper {
    struct Run {
        var process: SpawnedProcess
        var exit: ProcessExit?
        var isEnding = false
        var observer: (any ProcessRunObserver)?
    }

    let spawner: any ProcessSpawner
    var ledger = ProcessLedger()
    var runs: [RunMarker: Run] = [:]
    /// Children that were killed and are not reaped yet, and are no run's program, with the run they are known to be of.
    var dying: [ProcessID: RunMarker?] = [:]
    var timer: TimerID?
    var delay = ProcessReaper.shortestDelay
    private var waiters: [EmptinessWaiter] = []
    private var random: any RandomNumberGenerator

    /// Between two looks at what was killed; doubled while nothing changes.
    static let shortestDelay = Duration.microseconds(250)
    static let longestDelay = Duration.seconds(1)
    private static let descendantLimit = 512

    /// - Parameters:
    ///   - spawner: the operating system, or its simulation.
    ///   - random: draws the names of runs; must be unpredictable outside tests.
    package init(spawner: any ProcessSpawner, random: any RandomNumberGenerator = SystemRandomNumberGenerator()) {
        self.spawner = spawner
        self.random = random
    }

    /// Whether no run is under way or has a process left.
    package var isEmpty: Bool { runs.isEmpty && dying.isEmpty }

    /// Whether nothing of a run is left.
    package func isGone(_ run: ProcessRun) -> Bool { runs[run.marker] == nil }

    /// Starts a program, with the run's name added to its environment.
    ///
    /// The caller owns the three descriptors and closes them. Each run must be ended with `end`, whatever became of it.
    package func start(_ program: Program) throws(SpawnFailure) -> ProcessRun {
        let marker = drawMarker(from: &random)
        var program = program
        program.environment.append("\(RunMarker.variable)=\(marker)")
        let process = try spawner.spawn(program)
        runs[marker] = Run(process: process)
        ledger.begin(marker, program: process.id)
        return ProcessRun(marker: marker, process: process)
    }

    /// Asks the run's process group to end (SIGTERM); does nothing once its program was collected.
    package func terminate(_ run: ProcessRun) {
        guard let entry = runs[run.marker], entry.exit == nil else { return }
        spawner.send(.terminate, toGroupOf: entry.process.id)
    }

    /// How the run's program ended; nil while it runs.
    ///
    /// Kills what is left of its process group, while the program that has ended and is not reaped keeps the group's number.
    package func collect(_ run: ProcessRun) -> ProcessExit? {
        guard let entry = runs[run.marker] else { return nil }
        if let exit = entry.exit { return exit }
        guard spawner.hasEnded(entry.process.id) else { return nil }
        spawner.send(.kill, toGroupOf: entry.process.id)
        let exit = spawner.reap(entry.process.id)
        runs[run.marker]?.exit = exit
        return exit
    }

    /// Kills all processes of a run now, and tells `observer` once when none is left, possibly before this returns.
    ///
    /// A process that cannot be killed, because it waits in the kernel for a dead disk, stays with the reaper until it can.
    package func end(_ run: ProcessRun, for observer: (any ProcessRunObserver)?, on loop: isolated EventLoop) {
        guard let entry = runs[run.marker], !entry.isEnding else {
            preconditionFailure("run \(run.marker) was ended before")
        }
        runs[run.marker]?.isEnding = true
        runs[run.marker]?.observer = observer
        if entry.exit == nil {
            noteDescendants(of: entry.process.id, run: run.marker)
            spawner.send(.kill, toGroupOf: entry.process.id)
        }
        ledger.end(run.marker)
        delay = Self.shortestDelay
        if let timer { loop.cancel(timer) }
        timer = nil
        sweep(on: loop)
    }

    /// Nobody is told any more when nothing of a run is left, which `end` was called for.
    package func forgetObserver(of run: ProcessRun) {
        runs[run.marker]?.observer = nil
    }

    /// Waits until no run is under way or has a process left; false when that is not so at `deadline`.
    ///
    /// For an orderly end of the agent, after every probe was stopped.
    package func waitUntilEmpty(until deadline: MonotonicInstant, on loop: isolated EventLoop) async -> Bool {
        guard !isEmpty else { return true }
        return await withCheckedContinuation(isolation: loop) { continuation in
            waiters.append(EmptinessWaiter(continuation, until: deadline, on: loop))
        }
    }

    func tellWaiters(on loop: isolated EventLoop) {
        for waiter in waiters { waiter.reaperIsEmpty(on: loop) }
        waiters = []
    }

    /// Writes down what is below a program before it is killed, because afterwards it cannot be seen whose they are.
    ///
    /// Those beyond the limit, which keeps a fork bomb from holding the loop up, are known by their other signs.
    private func noteDescendants(of program: ProcessID, run: RunMarker) {
        var open = [program]
        var count = 0
        while let parent = open.popLast(), count < Self.descendantLimit {
            for child in spawner.children(of: parent) {
                guard let facts = spawner.facts(of: child) else { continue }
                ledger.note(facts.identity, of: run)
                open.append(child)
                count += 1
            }
        }
    }

    private func drawMarker(from random: inout some RandomNumberGenerator) -> RunMarker {
        RunMarker(from: &random)
    }
}

/// A run of a program.
package struct ProcessRun: Hashable, Sendable {
    package let marker: RunMarker
    package let process: SpawnedProcess
}

/// Is told when nothing of a run is left.
package protocol ProcessRunObserver: AnyObject {
    /// Called once, on the loop; `exit` is how the run's program ended.
    func runIsGone(_ run: ProcessRun, exit: ProcessExit, on loop: isolated EventLoop)
}
