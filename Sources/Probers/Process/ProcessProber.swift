// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Counts processes of this machine.
///
/// The process table is read off the loop. When that is not done by the deadline, nothing was learned about the processes: the
/// outcome is `internal`.
package final class ProcessProber: Prober {
    private struct Run {
        let id: ProbeRunID
        let observer: any ProbeObserver
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
    }

    private let probe: ProcessProbe
    private let survey: any ProcessSurvey
    private var run: Run?
    private var timer: TimerID?

    /// Prepares a prober for one target.
    ///
    /// - Parameters:
    ///   - probe: what must run.
    ///   - survey: reads the process table.
    package init(_ probe: ProcessProbe, survey: any ProcessSurvey) {
        self.probe = probe
        self.survey = survey
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        self.run = Run(id: run, observer: observer, startedAt: loop.now, deadline: deadline)
        timer = loop.schedule(self, at: deadline)
        survey.survey(probe.selector, for: self, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        survey.forget(self, on: loop)
        run = nil
    }

    private func finish(
        _ verdict: Verdict,
        _ layer: Layer,
        _ failure: Failure?,
        _ census: ProcessCensus? = nil,
        on loop: isolated EventLoop
    ) {
        guard let run else { return }
        stop(on: loop)
        let outcome = Outcome(
            verdict: verdict,
            layer: layer,
            failure: failure,
            startedAt: run.startedAt,
            duration: run.startedAt.duration(to: loop.now),
            observed: Observed(facts: census.map { .processes($0) })
        )
        run.observer.finished(run.id, with: outcome, on: loop)
    }

    private func judge(_ census: ProcessCensus, _ absence: String?, on loop: isolated EventLoop) {
        let failure: Failure?
        if census.count < probe.minimum {
            let seen = absence ?? "\(census.summary) called \(probe.selector.subject)"
            failure = Failure(.status, "\(seen), expected \(probe.maximum == nil ? "at least " : "")\(range)")
        } else if let maximum = probe.maximum, census.count > maximum {
            failure = Failure(.status, "\(census.summary) called \(probe.selector.subject), expected \(range)")
        } else {
            failure = nil
        }
        finish(failure == nil ? .healthy : .unhealthy, failure == nil ? .l7OK : .l7Status, failure, census, on: loop)
    }

    /// `1`, or `2 to 4`.
    private var range: String {
        guard let maximum = probe.maximum, maximum != probe.minimum else { return String(probe.minimum) }
        return "\(probe.minimum) to \(maximum)"
    }
}

extension ProcessProber: SurveyObserver {
    package func surveyed(_ result: SurveyResult, on loop: isolated EventLoop) {
        switch result {
        case .running(let count, let ids): judge(ProcessCensus(count: count, ids: ids), nil, on: loop)
        case .absent(let why): judge(ProcessCensus(count: 0, ids: []), why, on: loop)
        case .unknown(let why): finish(.unknown, .l7Response, Failure(.internal, why), on: loop)
        }
    }
}

extension ProcessProber: TimerHandler {
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        self.timer = nil
        guard let run else { return }
        let allowed = run.startedAt.duration(to: run.deadline).readable
        let failure = Failure(.internal, "the process table was not read within \(allowed)")
        finish(.unknown, .l7Timeout, failure, on: loop)
    }
}
