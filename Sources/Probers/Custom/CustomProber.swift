// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
import Synchronization

/// Runs checks of an added kind, off the loop, and ends each run at its deadline whatever the check does.
///
/// A check that goes on after its deadline is cancelled and its late answer dropped; while it goes on, the next runs have timed
/// out before they begin, so that at most one check per target is under way.
package final class CustomProber: Prober {
    private struct Run {
        let id: ProbeRunID
        let observer: any ProbeObserver
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
    }

    /// A check that is under way, perhaps longer than its run.
    private final class UnderWay: Sendable {
        /// Whether a thread has begun with it.
        let hasBegun = Atomic<Bool>(false)
    }

    private let target: TargetName
    private let probe: CustomProbe
    private let executor: ThreadPoolExecutor
    private var run: Run?
    private var timer: TimerID?
    private var task: Task<CustomVerdict, Never>?
    private var underWay: UnderWay?
    private var underWaySince = MonotonicInstant(nanoseconds: 0)

    /// Prepares a prober for one target.
    ///
    /// - Parameters:
    ///   - target: the name that the check is told.
    ///   - probe: what is checked.
    ///   - executor: whose threads the check runs on.
    package init(target: TargetName, probe: CustomProbe, executor: ThreadPoolExecutor) {
        self.target = target
        self.probe = probe
        self.executor = executor
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        self.run = Run(id: run, observer: observer, startedAt: loop.now, deadline: deadline)
        guard let earlier = underWay else {
            timer = loop.schedule(self, at: deadline)
            return begin(until: deadline, on: loop)
        }
        let since = underWaySince.duration(to: loop.now).readable
        finish(late(earlier, "the check of an earlier run is under way since \(since)"), .l7Timeout, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        task?.cancel()
        task = nil
        underWay = nil
        run = nil
    }

    private func begin(until deadline: MonotonicInstant, on loop: isolated EventLoop) {
        let mark = UnderWay()
        let (check, name, left) = (probe.check, target.text, loop.now.duration(to: deadline))
        let work = Task(executorPreference: executor) {
            mark.hasBegun.store(true, ordering: .releasing)
            return await check.run(target: name, timeLeft: left)
        }
        task = work
        underWay = mark
        underWaySince = loop.now
        Task {
            let verdict = await work.value
            self.ended(mark, verdict, on: loop)
        }
    }

    /// The check has returned, perhaps after its run was over.
    private func ended(_ mark: UnderWay, _ verdict: CustomVerdict, on loop: isolated EventLoop) {
        guard underWay === mark else { return }
        underWay = nil
        task = nil
        // The answer of an earlier run, whose outcome was told at its deadline.
        guard let run, run.startedAt == underWaySince else { return }
        let message = Excerpt.bounded(verdict.message)
        switch verdict.verdict {
        case .healthy: finish(nil, .l7OK, output: message, on: loop)
        case .degraded: finish(Failure(.status, message), .l7OK, verdict: .degraded, on: loop)
        case .unhealthy: finish(Failure(.status, message), .l7Status, on: loop)
        case .unknown: finish(Failure(.internal, message), .l7Response, on: loop)
        }
    }

    /// The failure of a run without an answer: ours when no thread was free for it.
    private func late(_ check: UnderWay, _ message: String) -> Failure {
        guard check.hasBegun.load(ordering: .acquiring) else {
            return Failure(.internal, "no thread was free for the check: all \(executor.limit) are taken")
        }
        return Failure(.timeout, message)
    }

    private func finish(
        _ failure: Failure?,
        _ layer: Layer,
        verdict: Verdict? = nil,
        output: String? = nil,
        on loop: isolated EventLoop
    ) {
        guard let run else { return }
        if let timer { loop.cancel(timer) }
        timer = nil
        self.run = nil
        let judged: Verdict =
            switch failure?.reason {
            case nil: .healthy
            case .internal: .unknown
            default: .unhealthy
            }
        let outcome = Outcome(
            verdict: verdict ?? judged,
            layer: layer,
            failure: failure,
            startedAt: run.startedAt,
            duration: run.startedAt.duration(to: loop.now),
            observed: Observed(output: output)
        )
        run.observer.finished(run.id, with: outcome, on: loop)
    }
}

extension CustomProber: TimerHandler {
    /// The deadline: the check is asked to end, and not waited for.
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        self.timer = nil
        guard let run, let underWay else { return }
        task?.cancel()
        let allowed = run.startedAt.duration(to: run.deadline).readable
        finish(late(underWay, "the check did not return within \(allowed)"), .l7Timeout, on: loop)
    }
}
