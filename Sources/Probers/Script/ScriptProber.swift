// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Probes a target by running a program and reading how it ends.
///
/// The program is executed directly, with arguments from the configuration only: there is no shell, and nothing that a target
/// says becomes an argument. No two runs of one probe are ever under way at once.
///
/// Time: at `deadline - grace` the program's process group is asked to end (SIGTERM), at `deadline` everything of the run is
/// killed; grace is a fifth of the time given, at most 500 ms. Whatever ends after it was asked to is `exec_timeout`, whatever
/// its exit code, because a program that was interrupted may well say 0. The outcome is told when nothing of the run is left,
/// and 30 ms after the deadline at the latest.
package final class ScriptProber: Prober {
    private let target: TargetName
    private let probe: ScriptProbe
    private let reaper: ProcessReaper
    private let trust: ScriptTrust
    private var run: ScriptRun?
    private var lastRun: ProcessRun?

    /// - Parameters:
    ///   - target: told to the program as `BELLWETHER_TARGET`.
    ///   - probe: the program, by absolute path, and how its end is read.
    ///   - reaper: the one of the loop that this prober is used on.
    ///   - trust: says which files may be executed.
    package init(target: TargetName, probe: ScriptProbe, reaper: ProcessReaper, trust: ScriptTrust) {
        self.target = target
        self.probe = probe
        self.reaper = reaper
        self.trust = trust
    }

    package func start(
        _ id: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(run?.isOver ?? true, "run \(id.number) of \(target) started while another one is under way")
        let startedAt = loop.now
        let judgement = ScriptJudgement(probe: probe, timeLimit: startedAt.duration(to: deadline))
        let report = ScriptReport(id: id, startedAt: startedAt, judgement: judgement, observer: observer)
        if let obstacle = obstacle(deadline: deadline, on: loop) {
            report.tell(judgement.outcome(of: obstacle, startedAt: startedAt, endedAt: startedAt), on: loop)
            return
        }
        do {
            let process = try reaper.start(program(timeLimit: judgement.timeLimit))
            lastRun = process
            let run = ScriptRun(process, reaper: reaper, report: report, outputLimit: probe.maximumOutputBytes)
            self.run = run
            run.begin(deadline: deadline, on: loop)
        } catch {
            loop.budget.give(back: SpawnedProcess.descriptorCount)
            let explained = trust.explain(error, path: probe.command[0])
            report.tell(judgement.outcome(of: explained, startedAt: startedAt, endedAt: startedAt), on: loop)
        }
    }

    package func stop(on loop: isolated EventLoop) {
        run?.abandon(on: loop)
        run = nil
    }

    /// Why no program may be started now; takes the descriptors it needs when there is no reason.
    private func obstacle(deadline: MonotonicInstant, on loop: isolated EventLoop) -> ScriptJudgement.Obstacle? {
        guard deadline > loop.now else { return .ours("no time was left when the probe started") }
        if let lastRun, !reaper.isGone(lastRun) { return .stuck(lastRun.process.id) }
        if let violation = trust.violation(path: probe.command[0]) {
            return .program(violation.message, violation.error)
        }
        guard loop.budget.take(SpawnedProcess.descriptorCount) else {
            return .ours("all \(loop.budget.limit) descriptors for probes are in use")
        }
        return nil
    }

    private func program(timeLimit: Duration) -> Program {
        Program(
            path: probe.command[0],
            arguments: probe.command,
            environment: ScriptEnvironment.variables(
                target: target,
                timeLimit: timeLimit,
                configured: probe.environment
            )
        )
    }
}
