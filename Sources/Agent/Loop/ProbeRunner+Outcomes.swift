// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

/// What probers report.
extension ProbeRunner: ProbeObserver {
    func began(_ run: ProbeRunID, after delay: Duration, on loop: isolated EventLoop) {
        guard let late = lateness.removeValue(forKey: run) else { return }
        pipeline.began(lateness: late + delay, at: loop.moment)
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        guard let prepared = prepared(running: run), let known = prepared.run else { return }
        prepared.run = nil
        let stall = prepared.isDistant ? .zero : loop.stalled(since: outcome.startedAt)
        guard stall > .zero || outcome.blamesTimeout else { return finished(known.id, with: outcome, on: loop) }
        finished(known.id, with: outcome.judged(timeout: known.timeout).relieved(of: stall), on: loop)
    }

    /// Hands on what came of a run; a lateness of our own has been taken off it.
    private func finished(_ run: RunID, with outcome: Outcome, on loop: isolated EventLoop) {
        let moment = loop.moment
        pipeline.finish(run, outcome: outcome, at: moment)
        if !awaited.isEmpty { awaited.removeValue(forKey: ProbeRunID(run))?.answer(outcome, at: moment.wall) }
        // Most outcomes are like the one before, and nothing follows from them until something is due.
        if pipeline.hasNews(at: moment.instant) || outcome.verdict == .unknown {
            step(on: loop)
        } else if !isStepping, !isStopped, let next = pipeline.nextWake {
            sleep(until: next, on: loop)
        }
    }

    func outdated(_ prober: any Prober, on loop: isolated EventLoop) {
        guard let target = targets[ObjectIdentifier(prober)] else { return }
        pipeline.hurry(target, at: loop.moment)
        step(on: loop)
    }

    /// The prober that has this run in flight.
    func prepared(running run: ProbeRunID) -> Prepared? {
        guard run.place < probersByPlace.count, let prepared = probersByPlace[run.place] else { return nil }
        return prepared.run?.id.number == run.number ? prepared : nil
    }
}

extension FailureReason {
    /// Whether the reason says only that something took too long.
    var isTimeout: Bool {
        self == .timeout || self == .connectTimeout || self == .execTimeout
    }
}
