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
///
/// A program that finds no place (`ScriptSlots`) waits for one at most half of its time; that time is lost to it, and what
/// follows from it is ours.
package final class ScriptProber: Prober {
    /// A run that waits for a place.
    private struct Waiting {
        let id: ProbeRunID
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
        let observer: any ProbeObserver
        let timer: TimerID
    }

    private var launcher: ScriptLauncher
    private var waiting: Waiting?
    private var run: ScriptRun?
    private var lastVerdict: Verdict?

    /// - Parameters:
    ///   - target: told to the program as `BELLWETHER_TARGET`.
    ///   - probe: the program, by absolute path, and how its end is read.
    ///   - host: what it shares with the other script probers of its loop.
    package init(target: TargetName, probe: ScriptProbe, host: ScriptHost) {
        launcher = ScriptLauncher(target: target, probe: probe, host: host)
    }

    package func start(
        _ id: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(isIdle, "run \(id.number) of \(launcher.target) started while another one is under way")
        let startedAt = loop.now
        guard !host.slots.take(for: self, at: startedAt) else {
            return begin(id, startedAt: startedAt, deadline: deadline, observer: observer, on: loop)
        }
        waiting = Waiting(
            id: id,
            startedAt: startedAt,
            deadline: deadline,
            observer: observer,
            timer: loop.schedule(self, at: startedAt.advanced(by: startedAt.duration(to: deadline) / 2))
        )
    }

    package func stop(on loop: isolated EventLoop) {
        if let waiting { loop.cancel(waiting.timer) }
        waiting = nil
        host.slots.giveUp(self)
        run?.abandon(on: loop)
        run = nil
    }

    private var probe: ScriptProbe { launcher.probe }
    private var host: ScriptHost { launcher.host }
    private var isIdle: Bool { waiting == nil && (run?.isOver ?? true) }

    /// Starts the program; a place is taken.
    private func begin(
        _ id: ProbeRunID,
        startedAt: MonotonicInstant,
        deadline: MonotonicInstant,
        observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        let waited = startedAt.duration(to: loop.now)
        let timeLimit = startedAt.duration(to: deadline) - waited
        let judgement = ScriptJudgement(probe: probe, timeLimit: timeLimit, waited: waited)
        let report = ScriptReport(id: id, startedAt: startedAt, judgement: judgement, observer: observer, prober: self)
        do throws(ScriptObstacle) {
            let process = try launcher.start(deadline: deadline, lastVerdict: lastVerdict, on: loop)
            let run = ScriptRun(process, host: host, report: report, outputLimit: probe.maximumOutputBytes)
            self.run = run
            run.begin(deadline: deadline, on: loop)
        } catch {
            host.slots.giveBack(on: loop)
            report.tell(judgement.outcome(of: error, startedAt: startedAt, endedAt: loop.now), on: loop)
        }
    }

    /// A run has told its outcome.
    func note(_ verdict: Verdict) { lastVerdict = verdict }
}

extension ScriptProber: ScriptSlotWaiter {
    func slotIsFree(on loop: isolated EventLoop) {
        guard let waiting else { return host.slots.giveBack(on: loop) }
        self.waiting = nil
        loop.cancel(waiting.timer)
        begin(
            waiting.id,
            startedAt: waiting.startedAt,
            deadline: waiting.deadline,
            observer: waiting.observer,
            on: loop
        )
    }
}

extension ScriptProber: TimerHandler {
    /// No place was free by half of the time.
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let waiting else { return }
        self.waiting = nil
        host.slots.giveUp(self, isTooLate: true)
        let waited = waiting.startedAt.duration(to: loop.now)
        let timeLimit = waiting.startedAt.duration(to: waiting.deadline)
        let judgement = ScriptJudgement(probe: probe, timeLimit: timeLimit)
        let places = host.slots.limit == 1 ? "the only place" : "all \(host.slots.limit) places"
        let message = "other scripts took \(places) for \(waited.readable), half of the timeout"
        let outcome = judgement.outcome(of: .ours(message), startedAt: waiting.startedAt, endedAt: loop.now)
        lastVerdict = outcome.verdict
        waiting.observer.finished(waiting.id, with: outcome, on: loop)
    }
}
