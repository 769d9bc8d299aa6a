// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Tries a failed probe again within the same run, as long as attempts and time are left.
///
/// All attempts share the run's deadline, and only the last outcome is told, with the number of attempts; its duration and phases
/// are the last attempt's own. What passes, with or without a warning, is not tried again, nor is what says nothing about
/// the target.
package final class RetryingProber: Prober, ProbeObserver, TimerHandler {
    private let prober: any Prober
    private let settings: RetrySettings
    private var run: Run?
    /// Who was told last, and is to hear when that holds no longer.
    private var observer: (any ProbeObserver)?
    private var timer: TimerID?

    private struct Run {
        let id: ProbeRunID
        let deadline: MonotonicInstant
        let observer: any ProbeObserver
        /// Counted from 1.
        var attempt = 1

        /// The attempt as a run of its own; the first has the run's own name.
        var attemptID: ProbeRunID { ProbeRunID(id.number | UInt64(attempt - 1) << 56, place: id.place) }
    }

    /// - Parameters:
    ///   - prober: runs the attempts.
    ///   - settings: how many, and how long apart.
    package init(_ prober: any Prober, _ settings: RetrySettings) {
        self.prober = prober
        self.settings = settings
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        self.run = Run(id: run, deadline: deadline, observer: observer)
        self.observer = observer
        prober.start(run, deadline: deadline, for: self, on: loop)
    }

    package func collect(into footprint: inout Footprint) {
        footprint.add(self)
        prober.collect(into: &footprint)
    }

    package func stop(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        run = nil
        observer = nil
        prober.stop(on: loop)
    }

    package func finished(_ attempt: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        guard let run, run.attemptID == attempt else { return }
        let next = loop.kernel.now.advanced(by: settings.backoff)
        if outcome.verdict == .unhealthy, run.attempt < settings.attempts, next < run.deadline {
            // Always by the timer: the prober may not have put its last run away yet.
            timer = loop.schedule(self, at: next)
            return
        }
        self.run = nil
        var last = outcome
        last.observed.attempts = run.attempt
        run.observer.finished(run.id, with: last, on: loop)
    }

    package func outdated(_ prober: any Prober, on loop: isolated EventLoop) {
        // Between two attempts the next one follows anyway.
        guard run == nil else { return }
        observer?.outdated(self, on: loop)
    }

    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        self.timer = nil
        guard var run else { return }
        run.attempt += 1
        self.run = run
        prober.start(run.attemptID, deadline: run.deadline, for: self, on: loop)
    }
}
