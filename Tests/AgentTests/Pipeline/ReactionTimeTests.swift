// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import Testing

/// The bounds that `check --explain` prints, held against the schedule and the breaker that run.
@Suite("ReactionTime")
struct ReactionTimeTests {
    /// A policy and a timing; the bounds must hold and be tight for each.
    static let cases: [(interval: Duration, timeout: Duration, jitter: Double, policy: BreakerPolicy)] = [
        (.seconds(10), .seconds(2), 0.1, BreakerPolicy()),
        (.seconds(5), .milliseconds(1_500), 0, BreakerPolicy(failureThreshold: 1, successThreshold: 1)),
        (.seconds(5), .seconds(5), 0.5, BreakerPolicy(failureThreshold: 4)),
        (
            .seconds(1), .seconds(1), 0.2,
            BreakerPolicy(openDuration: .seconds(3), backoff: .init(multiplier: 1, jitter: 0.5))
        ),
        (
            .seconds(2), .seconds(1), 0.1,
            BreakerPolicy(failureThreshold: 0, slidingFailures: .init(failures: 3, outcomes: 5))
        ),
        (
            .seconds(2), .milliseconds(500), 0.1,
            BreakerPolicy(failureThreshold: 0, failureRate: 0.5, minimumCalls: 4, window: .count(10))
        ),
        (
            .seconds(2), .milliseconds(500), 0.1,
            BreakerPolicy(failureThreshold: 9, failureRate: 1, minimumCalls: 2, window: .count(6))
        ),
        (
            .seconds(3), .seconds(1), 0.1,
            BreakerPolicy(successThreshold: 3, halfOpenMaximumCalls: 3, backoff: .init(maximum: .seconds(10)))
        ),
    ]

    @Test("a target that fails is found within the bound, and sometimes only just", arguments: cases.indices)
    func detection(index: Int) throws {
        let spec = try Self.probe(index)
        let bound = try #require(ReactionTime(spec).detection)
        var longest = Duration.zero
        for seed in 0..<60 {
            let target = SimulatedTarget(failsAfterRun: 12 + seed % 9, timeout: spec.timeout)
            var harness = PipelineHarness([spec], seed: UInt64(seed)) { _, now in target.answer(at: now) }
            var found: Duration?
            harness.run(for: spec.interval * 40) { harness in
                guard found == nil, let failed = target.changedAt else { return }
                if harness.pipeline.aggregateStatus == .unhealthy { found = failed.duration(to: harness.now) }
            }
            let delay = try #require(found, "seed \(seed)")
            #expect(delay <= bound, "seed \(seed)")
            longest = max(longest, delay)
        }
        // Without jitter the worst case happens; with it, both its ends must be drawn.
        let slack = spec.interval * (spec.jitter / 3)
        #expect(longest >= bound - slack, "\(longest) of \(bound)")
    }

    @Test("a target that works again is found within the bound, and sometimes only just", arguments: cases.indices)
    func recovery(index: Int) throws {
        let spec = try Self.probe(index)
        let time = ReactionTime(spec)
        var longest = (sign: Duration.zero, closed: Duration.zero)
        for seed in 0..<60 {
            let target = SimulatedTarget(worksAfterRun: 20 + seed % 7, timeout: spec.timeout)
            var harness = PipelineHarness([spec], seed: UInt64(seed)) { _, now in target.answer(at: now) }
            var found: (sign: Duration?, closed: Duration?)
            harness.run(for: (time.recovery + spec.interval) * 30) { harness in
                guard found.closed == nil, let worked = target.changedAt else { return }
                let delay = worked.duration(to: harness.now)
                switch harness.pipeline.aggregateStatus {
                case .degraded: found.sign = found.sign ?? delay
                case .healthy: found.closed = delay
                default: break
                }
            }
            let closed = try #require(found.closed, "seed \(seed)")
            let sign = found.sign ?? closed
            #expect(sign <= time.firstSign, "seed \(seed)")
            #expect(closed <= time.recovery, "seed \(seed)")
            longest = (max(longest.sign, sign), max(longest.closed, closed))
        }
        let slack = spec.breaker.backoff.multiplier > 1 ? .zero : time.longestWait * 0.1
        #expect(longest.sign >= time.firstSign - slack, "\(longest.sign) of \(time.firstSign)")
        #expect(longest.closed >= time.recovery - slack, "\(longest.closed) of \(time.recovery)")
    }

    @Test("whatever a target does, and however its breaker observes, no bound is exceeded", arguments: 0..<40)
    func random(seed: UInt64) throws {
        var random = Generator(state: seed)
        let base = Self.cases[Int(seed) % Self.cases.count]
        var policy = base.policy
        policy.whileOpen = Bool.random(using: &random) ? .observe : .pause
        let spec = try spec(
            "target",
            interval: base.interval,
            timeout: base.timeout,
            jitter: base.jitter,
            breaker: policy
        )
        let time = ReactionTime(spec)
        let target = WaveringTarget(random: random, timeout: spec.timeout)
        var harness = PipelineHarness([spec], seed: seed) { _, now in target.answer(at: now) }
        // Phases long enough for either change to be found.
        let phase = max(time.detection ?? .zero, time.recovery) + spec.interval * 3
        harness.run(for: phase)
        for _ in 0..<4 {
            for works in [false, true] {
                target.works = works
                let changed = harness.now
                harness.run(for: phase) { harness in
                    let delay = changed.duration(to: harness.now)
                    let status = harness.pipeline.aggregateStatus
                    if works, delay > time.recovery { #expect(status == .healthy, "after \(delay)") }
                    if !works, let bound = time.detection, delay > bound {
                        #expect(status == .unhealthy, "after \(delay)")
                    }
                }
            }
        }
    }

    @Test("a rate over a time gives no bound")
    func noBound() throws {
        let policy = BreakerPolicy(failureThreshold: 0, failureRate: 0.5, window: .time(.seconds(120)))
        #expect(ReactionTime(try spec("target", breaker: policy)).detection == nil)
    }

    private static func probe(_ index: Int) throws -> ProbeSpec {
        let base = cases[index]
        return try spec(
            "target",
            interval: base.interval,
            timeout: base.timeout,
            jitter: base.jitter,
            breaker: base.policy
        )
    }
}

/// Passes at once or hangs, and changes just after the start of one of its runs.
private final class SimulatedTarget {
    private let change: Int
    private let failsFirst: Bool
    private let timeout: Duration
    private var runs = 0
    /// When it changed.
    private(set) var changedAt: MonotonicInstant?

    /// Works, and fails from just after the start of its run number `run`, which still passes.
    init(failsAfterRun run: Int, timeout: Duration) {
        (change, failsFirst, self.timeout) = (run, false, timeout)
    }

    /// Hangs, and works, as slowly as it may, from just after the start of its run number `run`, which still fails.
    init(worksAfterRun run: Int, timeout: Duration) {
        (change, failsFirst, self.timeout) = (run, true, timeout)
    }

    func answer(at now: MonotonicInstant) -> Answer {
        runs += 1
        if runs == change { changedAt = now }
        let passes = (runs <= change) != failsFirst
        if passes { return Answer(verdict: .healthy, duration: failsFirst ? timeout : .nanoseconds(1)) }
        return .hang(timeout)
    }
}

/// Works or fails as it is told, each run after a random time; a run that began before a change ends as it began.
private final class WaveringTarget {
    var works = true
    private var random: Generator
    private let timeout: Duration

    init(random: Generator, timeout: Duration) {
        self.random = random
        self.timeout = timeout
    }

    func answer(at now: MonotonicInstant) -> Answer {
        let longest = timeout.inNanoseconds
        let duration = Duration.nanoseconds(Int64.random(in: 1...longest, using: &random))
        return Answer(verdict: works ? .healthy : .unhealthy, duration: duration)
    }
}

/// A small seeded generator (Steele, Lea and Flood 2014), so that a failure can be replayed.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
