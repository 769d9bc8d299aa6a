// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

/// A prober that answers as scripted, each time after a while, and notes when it was asked.
private final class ScriptedProber: Prober, TimerHandler {
    private var answers: [Verdict]
    private let after: Duration
    private let notes: AttemptNotes
    private var run: (id: ProbeRunID, start: MonotonicInstant, observer: any ProbeObserver)?
    private var timer: TimerID?

    init(_ answers: [Verdict], after: Duration, notes: AttemptNotes) {
        self.answers = answers
        self.after = after
        self.notes = notes
    }

    func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "two attempts at once")
        notes.add("start \(loop.kernel.now.nanoseconds / 1_000_000 - notes.origin)")
        self.run = (run, loop.kernel.now, observer)
        timer = loop.schedule(self, at: min(deadline, loop.kernel.now.advanced(by: after)))
    }

    func stop(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        notes.add("stop")
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let run else { return }
        defer { if answers.isEmpty { run.observer.outdated(self, on: loop) } }
        let verdict = answers.removeFirst()
        let outcome = Outcome(
            verdict: verdict,
            layer: .l4OK,
            failure: verdict == .healthy ? nil : Failure(verdict == .unknown ? .internal : .refused, "refused"),
            startedAt: run.start,
            duration: run.start.duration(to: loop.kernel.now)
        )
        run.observer.finished(run.id, with: outcome, on: loop)
        self.run = nil
    }
}

private final class AttemptNotes: Sendable {
    private let lines = Mutex<[String]>([])
    let origin: Int64

    init(origin: MonotonicInstant) { self.origin = origin.nanoseconds / 1_000_000 }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

private final class OutcomeNotes: ProbeObserver {
    private let notes: AttemptNotes

    init(_ notes: AttemptNotes) { self.notes = notes }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        notes.add("run \(run.number): \(outcome.verdict), attempt \(outcome.observed.attempts ?? 0)")
    }

    func outdated(_ prober: any Prober, on loop: isolated EventLoop) {
        notes.add(prober is RetryingProber ? "outdated" : "outdated by somebody else")
    }
}

@Suite("RetryingProber")
struct RetryingProberTests {
    private func notes(
        _ answers: [Verdict],
        attempts: Int = 3,
        backoff: Duration = .milliseconds(100),
        after: Duration = .milliseconds(50),
        timeout: Duration = .seconds(1),
        stopAfter: Duration? = nil
    ) -> [String] {
        let kernel = SimulatedKernel(seed: 1)
        let loop = EventLoop(kernel: kernel, descriptorLimit: 16)
        let notes = AttemptNotes(origin: kernel.now)
        loop.simulate(.seconds(5)) { loop in
            let scripted = ScriptedProber(answers, after: after, notes: notes)
            let prober = RetryingProber(scripted, RetrySettings(attempts: attempts, backoff: backoff))
            let deadline = loop.kernel.now.advanced(by: timeout)
            prober.start(ProbeRunID(7), deadline: deadline, for: OutcomeNotes(notes), on: loop)
            guard let stopAfter else { return }
            let stop = Stop(prober)
            _ = loop.schedule(stop, at: loop.kernel.now.advanced(by: stopAfter))
        }
        return notes.all
    }

    private final class Stop: TimerHandler {
        private let prober: RetryingProber
        init(_ prober: RetryingProber) { self.prober = prober }
        func timerFired(_ timer: TimerID, on loop: isolated EventLoop) { prober.stop(on: loop) }
    }

    @Test(
        "what passes is not tried again, and when it holds no longer, whoever was told hears of it",
        arguments: [Verdict.healthy, .degraded, .unknown]
    )
    func passes(verdict: Verdict) {
        #expect(notes([verdict]) == ["start 0", "run 7: \(verdict), attempt 1", "outdated"])
    }

    @Test("a failure is tried again after the backoff, and only the last outcome is told")
    func retry() {
        #expect(notes([.unhealthy, .healthy]) == ["start 0", "start 150", "run 7: healthy, attempt 2", "outdated"])
    }

    @Test("when no attempt passes, the last failure counts")
    func exhausted() {
        #expect(
            notes([.unhealthy, .unhealthy, .unhealthy])
                == ["start 0", "start 150", "start 300", "run 7: unhealthy, attempt 3", "outdated"]
        )
    }

    @Test("no attempt begins after the probe's timeout")
    func deadline() {
        #expect(
            notes([.unhealthy], timeout: .milliseconds(150)) == ["start 0", "run 7: unhealthy, attempt 1", "outdated"]
        )
        #expect(
            notes([.unhealthy, .unhealthy], timeout: .milliseconds(160))
                == ["start 0", "start 150", "run 7: unhealthy, attempt 2", "outdated"]
        )
    }

    @Test("without a backoff the next attempt follows in the next turn")
    func immediate() {
        #expect(
            notes([.unhealthy, .healthy], backoff: .zero) == [
                "start 0", "start 50", "run 7: healthy, attempt 2", "outdated",
            ]
        )
    }

    @Test("stopped between two attempts, it tells nothing and starts nothing")
    func stopped() {
        #expect(notes([.unhealthy], stopAfter: .milliseconds(100)) == ["start 0", "stop"])
    }
}
