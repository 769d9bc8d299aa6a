// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

/// A prober of another loop, for the first one: passes on what is asked of it, and hands back what comes of it.
final class DistantProber: Prober {
    let number: ProberNumber
    private let link: ProbingLink
    private var run: ProbeRunID?
    private var observer: (any ProbeObserver)?

    init(_ number: ProberNumber, of spec: ProbeSpec, over link: ProbingLink) {
        self.number = number
        self.link = link
        link.send(.make(number, spec))
    }

    func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        self.run = run
        self.observer = observer
        link.send(.start(number, run, asked: loop.kernel.now, deadline: deadline))
    }

    func stop(on loop: isolated EventLoop) {
        run = nil
        observer = nil
        link.forget(self)
        link.send(.stop(number))
    }

    /// The run has ended, having begun `delay` after it was handed out.
    func finished(_ run: ProbeRunID, with outcome: Outcome, delay: Duration, on loop: isolated EventLoop) {
        guard self.run == run, let observer else { return }
        self.run = nil
        observer.began(run, after: delay, on: loop)
        observer.finished(run, with: outcome, on: loop)
    }

    /// What the last run said holds no longer; the run under way, where there is one, says what holds now.
    func outdated(on loop: isolated EventLoop) {
        guard run == nil else { return }
        observer?.outdated(self, on: loop)
    }
}
