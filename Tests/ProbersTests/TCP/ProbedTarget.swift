// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization

/// What happened to each run of a simulation's targets.
final class RunLog: Sendable {
    struct Run: Sendable, Hashable {
        var target: Int
        var due: MonotonicInstant
        var startedAt: MonotonicInstant
        var endedAt: MonotonicInstant
        var outcome: Outcome
    }

    private let runs = Mutex<[Run]>([])
    private let started = Mutex(0)

    var all: [Run] { runs.withLock(\.self) }
    var startCount: Int { started.withLock(\.self) }

    func noteStart() { started.withLock { $0 += 1 } }
    func append(_ run: Run) { runs.withLock { $0.append(run) } }
}

/// Probes one target at a fixed interval and logs each run; traps when a run ends twice.
final class ProbedTarget: TimerHandler, ProbeObserver {
    private let number: Int
    private let prober: any Prober
    private let interval: Duration
    private let timeout: Duration
    private let end: MonotonicInstant
    private let log: RunLog
    private var due: MonotonicInstant
    private var startedAt: MonotonicInstant?
    private var run: UInt64 = 0

    init(
        _ number: Int,
        prober: any Prober,
        interval: Duration,
        timeout: Duration,
        from first: MonotonicInstant,
        until end: MonotonicInstant,
        log: RunLog
    ) {
        self.number = number
        self.prober = prober
        self.interval = interval
        self.timeout = timeout
        self.end = end
        self.log = log
        due = first
    }

    func begin(on loop: isolated EventLoop) {
        loop.schedule(self, at: due)
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        precondition(startedAt == nil, "target \(number) is still busy with run \(run)")
        startedAt = loop.now
        run += 1
        log.noteStart()
        prober.start(ProbeRunID(run), deadline: loop.now.advanced(by: timeout), for: self, on: loop)
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        guard let startedAt, run.number == self.run else {
            preconditionFailure("target \(number): run \(run.number) ended twice or was never started")
        }
        log.append(.init(target: number, due: due, startedAt: startedAt, endedAt: loop.now, outcome: outcome))
        self.startedAt = nil
        due = due.advanced(by: interval)
        if due < end {
            loop.schedule(self, at: due)
        } else {
            prober.stop(on: loop)
        }
    }
}
