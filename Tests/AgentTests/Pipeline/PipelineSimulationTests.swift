// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import Testing

/// A small generator for tests: a 64-bit linear congruential generator with Knuth's MMIX constants, upper bits folded down.
struct StepRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }

    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
}

/// How a simulated target behaves for a while.
enum Behaviour: CaseIterable {
    case up, down, flapping, slow, hanging, internalFault, patchy

    /// Whether every probe fails.
    var isDead: Bool { self == .down || self == .hanging }

    func answer(timeout: Duration, using random: inout StepRandom) -> Answer {
        let quick = Duration.microseconds(Int.random(in: 100..<20_000, using: &random))
        switch self {
        case .up: return Answer(verdict: .healthy, duration: quick)
        case .down: return Answer(verdict: .unhealthy, duration: quick)
        case .flapping: return Answer(verdict: Bool.random(using: &random) ? .healthy : .unhealthy, duration: quick)
        case .slow: return Answer(verdict: .degraded, duration: timeout / 2)
        case .hanging: return .hang(timeout)
        case .internalFault: return .internalFault
        case .patchy:
            let behaviour = Behaviour.allCases.filter { $0 != .patchy }.randomElement(using: &random) ?? .up
            return behaviour.answer(timeout: timeout, using: &random)
        }
    }
}

/// Random targets with random behaviours under a loop that stalls now and then, and what must hold after every step.
struct PipelineSimulation {
    /// What the simulation itself knows of a target.
    private struct Knowledge {
        let spec: ProbeSpec
        var behaviour: Behaviour
        var behavesUntil: MonotonicInstant
        /// Since when every probe fails and the loop runs, nil while not.
        var deadSince: MonotonicInstant?
        /// The end of the last run that passed or failed while the breaker let it count.
        var lastVerdictEnd: MonotonicInstant?
        var seen: UInt64 = 0
    }

    /// What did not hold; a class, so that a check may read the simulation while it writes here.
    private final class Violations {
        var texts: [String] = []
    }

    let seed: UInt64
    private var random: StepRandom
    private let names: [String]
    private var knowledge: [String: Knowledge] = [:]
    private var harness: PipelineHarness
    private let maximumStaleness: Int
    /// The statuses of the step before, by name.
    private var before: [TargetHealth] = []
    private let found = Violations()
    private(set) var statusesSeen: Set<AggregateStatus> = []

    init(seed: UInt64) throws {
        self.seed = seed
        var random = StepRandom(seed: seed)
        let specs = try (0..<Int.random(in: 1...5, using: &random)).map {
            try Self.randomSpec("t\($0)", using: &random)
        }
        names = specs.map(\.name.text)
        maximumStaleness = Int.random(in: 1...4, using: &random)
        let settings = AgentSettings(maximumStaleness: maximumStaleness)
        harness = PipelineHarness(specs, settings: settings, seed: seed)
        for spec in specs {
            knowledge[spec.name.text] = Knowledge(spec: spec, behaviour: .up, behavesUntil: harness.now)
        }
        self.random = random
    }

    /// What did not hold, with the seed.
    var violations: [String] { found.texts }

    /// Lets the agent live for so long; returns early at the first violation.
    mutating func run(for duration: Duration) {
        let end = harness.now.advanced(by: duration)
        while harness.now < end, found.texts.isEmpty {
            changeBehaviours()
            step()
            check()
            moveOn(until: end)
        }
    }

    private static func randomSpec(_ name: String, using random: inout StepRandom) throws -> ProbeSpec {
        let interval = Duration.milliseconds(Int.random(in: 4_000..<120_000, using: &random))
        var policy = BreakerPolicy(
            failureThreshold: Int.random(in: 1...5, using: &random),
            slidingFailures: random.chance(0.3) ? .init(failures: 3, outcomes: 5) : nil,
            successThreshold: Int.random(in: 1...3, using: &random),
            halfOpenInterval: .milliseconds(Int.random(in: 200..<2_000, using: &random)),
            openDuration: .milliseconds(Int.random(in: 500..<10_000, using: &random))
        )
        if random.chance(0.3) { policy.whileOpen = .observe }
        return try spec(
            name,
            impact: Impact.allCases.randomElement(using: &random) ?? .required,
            interval: interval,
            timeout: interval / Int.random(in: 1...10, using: &random),
            jitter: random.chance(0.8) ? Double.random(in: 0...0.5, using: &random) : 0,
            breaker: policy
        )
    }

    private mutating func changeBehaviours() {
        for name in names {
            guard var known = knowledge[name], known.behavesUntil <= harness.now else { continue }
            known.behaviour = Behaviour.allCases.randomElement(using: &random) ?? .up
            known.behavesUntil = harness.now.advanced(by: .seconds(Int.random(in: 30..<1_800, using: &random)))
            known.deadSince = known.behaviour.isDead ? known.deadSince ?? harness.now : nil
            knowledge[name] = known
        }
    }

    private mutating func step() {
        for probe in harness.running.filter({ $0.endsAt <= harness.now }) { end(probe) }
        harness.running.removeAll { $0.endsAt <= harness.now }
        guard let wake = harness.pipeline.nextWake, wake <= harness.now else { return }
        before = harness.pipeline.snapshot(at: harness.moment).targets
        for start in harness.pipeline.takeDue(at: harness.moment, limit: .max) { begin(start) }
    }

    private mutating func end(_ probe: RunningProbe) {
        let outcome = probe.answer.outcome(startedAt: probe.startedAt, endedAt: probe.endsAt)
        let isTaken = harness.pipeline.finish(probe.start.run, outcome: outcome, at: harness.moment)
        expect(isTaken, "the outcome of run \(probe.start.run.number) was not taken")
        guard probe.answer.verdict != .unknown else { return }
        knowledge[probe.start.spec.name.text]?.lastVerdictEnd = probe.endsAt
    }

    private mutating func begin(_ start: ProbeStart) {
        let name = start.spec.name
        expect(!harness.running.contains { $0.start.spec.name == name }, "\(name) overlaps itself")
        if let target = before.first(where: { $0.name == name }), let opens = target.breaker.halfOpensAt {
            let mayRun = harness.now >= opens || start.spec.breaker.whileOpen == .observe
            expect(mayRun, "\(name) was probed before its breaker half-opened")
        }
        expect(start.due <= harness.now, "\(name) started before it was due")
        guard let known = knowledge[name.text] else { return expect(false, "\(name) is unknown") }
        let answer = known.behaviour.answer(timeout: start.spec.timeout, using: &random)
        let end = harness.now.advanced(by: answer.duration)
        harness.running.append(RunningProbe(start: start, startedAt: harness.now, endsAt: end, answer: answer))
    }

    private mutating func moveOn(until end: MonotonicInstant) {
        let ended = harness.running.map(\.endsAt).min() ?? end
        let wanted = min(harness.pipeline.nextWake ?? end, ended, end)
        harness.stall(for: max(.nanoseconds(1), harness.now.duration(to: wanted)))
        guard random.chance(0.002) else { return }
        let longest: ClosedRange<Int> = random.chance(0.1) ? 1...2_000_000 : 1...20_000
        harness.stall(for: .milliseconds(Int.random(in: longest, using: &random)))
        for name in knowledge.keys where knowledge[name]?.deadSince != nil { knowledge[name]?.deadSince = harness.now }
    }

    private mutating func check() {
        let snapshot = harness.pipeline.snapshot(at: harness.moment)
        statusesSeen.insert(snapshot.aggregate.status)
        expect(snapshot.aggregate.status == naiveAggregate(snapshot.targets), "the aggregate is \(snapshot.aggregate)")
        expect(snapshot.aggregate.causes.allSatisfy { snapshot.target($0) != nil }, "an unknown cause")
        let account = harness.pipeline.account
        expect(
            account.inFlight == UInt64(harness.running.count) && snapshot.agent.probesInFlight == harness.running.count,
            "\(account) with \(harness.running.count) running"
        )
        if let wake = harness.pipeline.nextWake { expect(wake > harness.now, "nothing was left to do, but it is due") }
        for target in snapshot.targets { check(target, in: snapshot) }
    }

    private mutating func check(_ target: TargetHealth, in snapshot: HealthSnapshot) {
        guard let known = knowledge[target.name.text] else { return expect(false, "\(target.name) is unknown") }
        let isRunning = harness.running.contains { $0.start.spec.name == target.name }
        expect(isRunning == (target.nextDue == nil), "\(target.name) is neither waiting nor running, or both")
        if target.status == .healthy || target.status == .degraded {
            let staleAfter = target.staleAfter ?? harness.now
            expect(harness.now < staleAfter, "\(target.name) is \(target.status) although stale")
            expect(target.impact != .required || snapshot.freshUntil <= staleAfter, "fresh beyond \(target.name)")
            expect(harness.now < latestBelief(known), "\(target.name) is \(target.status) far too long")
        }
        if target.breaker.state == .open {
            expect(target.status == .unhealthy, "\(target.name) is open, not unhealthy")
        }
        let counted = target.breaker.succeeded + target.breaker.failed
        expect(counted <= target.counters.probes, "\(target.name) counts more than it saw")
        guard let deadSince = known.deadSince, deadSince.duration(to: harness.now) > longestLife(known.spec) else {
            return
        }
        expect(target.status == .unhealthy, "\(target.name) has been dead for long and is \(target.status)")
    }

    /// The longest that a target may be believed after its last verdict, whatever was planned.
    private func latestBelief(_ known: Knowledge) -> MonotonicInstant {
        guard let end = known.lastVerdictEnd else { return harness.now }
        let gap = known.spec.interval * (1.5 + known.spec.jitter) + .seconds(1)
        return end.advanced(by: gap * maximumStaleness).advanced(by: known.spec.timeout)
    }

    /// The longest from the death of a target to its being unhealthy: each failure may wait for an interval and its jitter, the
    /// first for half an interval more because it may follow an irregular start or a stall, and the last takes its time.
    private func longestLife(_ spec: ProbeSpec) -> Duration {
        let gap = spec.interval * (1 + spec.jitter)
        return gap * spec.breaker.failureThreshold + spec.interval * 0.5 + .seconds(1) + spec.timeout
    }

    private func naiveAggregate(_ targets: [TargetHealth]) -> AggregateStatus {
        let required = targets.filter { $0.impact == .required }.map(\.status)
        let degrading = targets.filter { $0.impact == .degrading }.map(\.status)
        if required.contains(where: { $0 == .unhealthy || $0 == .stale }) { return .unhealthy }
        if required.contains(.starting) { return .starting }
        let isDegraded = required.contains(.degraded) || degrading.contains { $0 == .unhealthy || $0 == .stale }
        return isDegraded ? .degraded : .healthy
    }

    private func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
        guard !condition else { return }
        let time = PipelineHarness.origin.duration(to: harness.now).inSeconds
        found.texts.append("seed \(seed), \(time) s: \(text())")
    }
}

@Suite("HealthPipeline: simulation")
struct PipelineSimulationTests {
    @Test("whatever targets and loop do, the invariants hold", arguments: Array<UInt64>(1...25))
    func invariants(seed: UInt64) throws {
        var simulation = try PipelineSimulation(seed: seed)
        simulation.run(for: .seconds(400 * 60))
        #expect(simulation.violations == [])
        #expect(simulation.statusesSeen.count > 1 || simulation.statusesSeen == [.healthy])
    }
}
