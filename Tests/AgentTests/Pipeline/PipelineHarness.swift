// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import Testing

/// What a simulated probe will do: how long it takes and what it says then.
struct Answer: Hashable {
    var verdict: Verdict
    var duration: Duration
    var reason: FailureReason = .refused

    static let pass = Answer(verdict: .healthy, duration: .milliseconds(5))
    static let fail = Answer(verdict: .unhealthy, duration: .milliseconds(5))
    static let internalFault = Answer(verdict: .unknown, duration: .milliseconds(1), reason: .internal)

    /// No answer until the timeout.
    static func hang(_ timeout: Duration) -> Answer {
        Answer(verdict: .unhealthy, duration: timeout, reason: .timeout)
    }

    func outcome(startedAt start: MonotonicInstant, endedAt end: MonotonicInstant) -> Outcome {
        Outcome(
            verdict: verdict,
            layer: verdict == .healthy ? .l4OK : .l4Connection,
            failure: verdict == .healthy ? nil : Failure(reason, "connect \(reason.rawValue)"),
            startedAt: start,
            duration: start.duration(to: end)
        )
    }
}

/// A run that a simulated prober is busy with.
struct RunningProbe {
    var start: ProbeStart
    var startedAt: MonotonicInstant
    var endsAt: MonotonicInstant
    var answer: Answer
}

/// A pipeline, a manual clock and simulated probers: a whole agent without I/O.
struct PipelineHarness {
    private let held: Held
    private(set) var now: MonotonicInstant
    /// What the wall clock is ahead of the monotonic one; a test may let it jump.
    var wallOffset: Duration
    var running: [RunningProbe] = []
    var starts: [(name: String, at: MonotonicInstant)] = []
    var snapshots: [HealthSnapshot] = []
    var changes: [HealthChange] = []
    /// The most probes started in one step.
    var limit = Int.max
    /// What each probe will answer.
    let answer: (ProbeStart, MonotonicInstant) -> Answer

    static let origin = MonotonicInstant(nanoseconds: 3_000_000_000_000)
    /// 2026-11-21T03:00:00Z at the origin.
    static let wallOrigin = WallTime(nanosecondsSinceEpoch: 1_795_230_000_000_000_000)

    init(
        _ specs: [ProbeSpec],
        settings: AgentSettings = AgentSettings(),
        seed: UInt64 = 11,
        keepsState: Bool = false,
        answer: @escaping (ProbeStart, MonotonicInstant) -> Answer = { _, _ in .pass }
    ) {
        now = Self.origin
        wallOffset = .zero
        self.answer = answer
        let moment = Moment(instant: Self.origin, wall: Self.wallOrigin)
        held = Held(
            HealthPipeline(
                specs: specs,
                settings: settings,
                name: "edge-1",
                version: "1.0",
                seed: seed,
                keepsState: keepsState,
                at: moment
            )
        )
    }

    /// By reference, so that a test can hand the harness on.
    private final class Held {
        var pipeline: HealthPipeline

        init(_ pipeline: consuming HealthPipeline) {
            self.pipeline = pipeline
        }
    }

    /// The pipeline, which every copy of the harness shares.
    var pipeline: HealthPipeline {
        _read { yield held.pipeline }
        nonmutating _modify { yield &held.pipeline }
    }

    /// The present on both clocks.
    var moment: Moment {
        Moment(instant: now, wall: Self.wallOrigin.advanced(by: Self.origin.duration(to: now)).advanced(by: wallOffset))
    }

    /// Ends a run now; false when nobody waits for it.
    @discardableResult
    func finish(_ run: RunID, _ outcome: Outcome) -> Bool {
        pipeline.finish(run, outcome: outcome, at: moment)
    }

    /// The snapshot published last.
    var latest: HealthSnapshot {
        get throws { try #require(snapshots.last) }
    }

    /// Lets time go on for so long, waking whenever the pipeline or a prober wants it, and calls `check` after every step.
    mutating func run(for duration: Duration, check: (inout PipelineHarness) -> Void = { _ in }) {
        let end = now.advanced(by: duration)
        while true {
            step()
            check(&self)
            if now >= end { return }
            let ended = running.map(\.endsAt).min() ?? end
            let wanted = pipeline.nextWake ?? end
            now = min(end, max(now.advanced(by: .nanoseconds(1)), min(ended, wanted)))
        }
    }

    /// Stops the loop for so long.
    mutating func stall(for duration: Duration) {
        now = now.advanced(by: duration)
    }

    /// One turn of the loop: ended probes first, then due ones, then publication.
    mutating func step() {
        for probe in running.filter({ $0.endsAt <= now }) {
            let outcome = probe.answer.outcome(startedAt: probe.startedAt, endedAt: probe.endsAt)
            pipeline.finish(probe.start.run, outcome: outcome, at: moment)
        }
        running.removeAll { $0.endsAt <= now }
        for start in pipeline.takeDue(at: moment, limit: limit) {
            let answer = answer(start, now)
            let end = now.advanced(by: answer.duration)
            running.append(RunningProbe(start: start, startedAt: now, endsAt: end, answer: answer))
            starts.append((start.spec.name.text, now))
        }
        if let snapshot = pipeline.publication(at: moment) { snapshots.append(snapshot) }
        changes += pipeline.takeChanges()
    }
}

func spec(
    _ text: String,
    impact: Impact = .required,
    interval: Duration = .seconds(10),
    timeout: Duration = .seconds(2),
    jitter: Double = 0,
    port: Int = 6379,
    breaker: BreakerPolicy = BreakerPolicy(backoff: .init(jitter: 0))
) throws -> ProbeSpec {
    ProbeSpec(
        name: try #require(TargetName(text)),
        probe: .tcp(TCPProbe(address: try HostPort("10.0.0.5:\(port)"))),
        interval: interval,
        timeout: timeout,
        jitter: jitter,
        impact: impact,
        breaker: breaker
    )
}
