// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

/// Is told of the runs of a series, on the loop.
protocol ProbeSeriesListener: AnyObject {
    /// A run has ended.
    ///
    /// - Parameters:
    ///   - number: counts from 1.
    ///   - outcome: what came of it.
    ///   - loop: the loop of the series.
    /// - Returns: false when nobody wants to hear of more.
    func ran(_ number: Int, _ outcome: Outcome, on loop: isolated EventLoop) -> Bool
}

/// Runs of one probe, one after the other, until all are done or a signal comes.
///
/// The prober is one object for all of them, as in the agent: what may be kept between runs is kept.
final class ProbeSeries {
    private let spec: ProbeSpec
    private let prober: any Prober
    private let repetition: ProbeRepetition
    private let listener: any ProbeSeriesListener
    private var number = 0
    private var startedAt = MonotonicInstant(nanoseconds: 0)
    private var timer: TimerID?
    private var isOver = false
    private var continuation: CheckedContinuation<Void, Never>?

    init(_ spec: ProbeSpec, prober: any Prober, repetition: ProbeRepetition, listener: any ProbeSeriesListener) {
        self.spec = spec
        self.prober = prober
        self.repetition = repetition
        self.listener = listener
    }

    /// Runs all, and comes back when the last has ended or the series was interrupted; nothing is left on the loop then.
    func run(on loop: isolated EventLoop) async {
        await withCheckedContinuation(isolation: loop) { continuation in
            self.continuation = continuation
            begin(on: loop)
        }
    }

    /// Starts the first run in a turn of its own, so that its time is not counted from before all was made ready; the others follow by
    /// themselves.
    func begin(on loop: isolated EventLoop) {
        timer = loop.schedule(self, at: loop.kernel.now)
    }

    /// Ends the series now; a run under way has no outcome.
    func interrupt(on loop: isolated EventLoop) {
        guard !isOver else { return }
        isOver = true
        if let timer { loop.cancel(timer) }
        timer = nil
        prober.stop(on: loop)
        continuation?.resume()
        continuation = nil
    }

    private func startNext(on loop: isolated EventLoop) {
        number += 1
        startedAt = loop.kernel.now
        prober.start(
            ProbeRunID(UInt64(number)),
            deadline: startedAt.advanced(by: spec.timeout),
            for: self,
            on: loop
        )
    }
}

extension ProbeSeries: ProbeObserver {
    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        guard !isOver, run.number == UInt64(number) else { return }
        let wantsMore = listener.ran(number, outcome, on: loop)
        if let count = repetition.count, number >= count { return interrupt(on: loop) }
        guard wantsMore else { return interrupt(on: loop) }
        // In a later turn in any case: a prober may tell its outcome from within its start.
        let next = startedAt.advanced(by: repetition.interval)
        timer = loop.schedule(self, at: max(next, loop.kernel.now))
    }
}

extension ProbeSeries: TimerHandler {
    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard timer == self.timer else { return }
        self.timer = nil
        startNext(on: loop)
    }
}

extension ProbeSeries: SignalObserver {
    func signalled(_ signal: Signal, on loop: isolated EventLoop) {
        interrupt(on: loop)
    }
}
