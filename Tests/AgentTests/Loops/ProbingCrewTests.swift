// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import Synchronization
import Testing

@testable import Agent

/// Several loops on real threads.
///
/// Each test has a process of its own, so that its threads and descriptors can be counted.
@Suite("ProbingCrew: several loops")
struct ProbingCrewTests {
    @Test(
        "200 targets over three loops: all are judged, failures are seen, a reload keeps, moves and removes, no thread is left"
    )
    func life() async {
        await #expect(processExitsWith: .success) { try await CrewRun.life() }
    }

    @Test("what a loop does not take up for a while is no sign of life, and no failure of its targets")
    func hung() async {
        await #expect(processExitsWith: .success) { try await CrewRun.hung() }
    }
}

/// A loop that a test does not keep alive, to see whether anybody does.
private struct WeakLoop: Sendable {
    private weak let loop: EventLoop?

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    /// Waits until it is gone, and with it the descriptors that it held: what tasks have is given back a moment after they have ended.
    func goes() -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(30))
        while loop != nil {
            guard ContinuousClock.now < end else { return false }
            _ = poll(nil, 0, 5)
        }
        return true
    }
}

private enum CrewRun {
    static func life() async throws {
        let first = try await wholeLife()
        try #require(first.goes(), "something keeps the first loop alive")
    }

    private static func wholeLife() async throws -> WeakLoop {
        let (steady, failing) = (try AnsweringServer(), try AnsweringServer())
        let specs = try (0..<200).map { index in
            try spec("t\(index)", on: index % 2 == 0 ? steady : failing, http: index % 4 < 2)
        }
        let agent = try RunningLoops(specs, loops: 3)
        let first = await agent.reports.snapshot { all($0, 200) { $0.status == .healthy && $0.counters.probes > 1 } }
        try #require(threads() == ["probes", "probes-2", "probes-3"])
        try #require(first.agent.lateness.count >= 400)

        failing.stop()
        let second = await agent.reports.snapshot { snapshot in
            snapshot.targets.filter { $0.status == .unhealthy }.count == 100
        }
        let reasons = Set(second.targets.filter { $0.status == .unhealthy }.map { $0.lastOutcome?.failure?.reason })
        try #require(reasons == [.refused])

        // The first 100 stay, the next 50 go, the last 50 are probed in another way, and 30 are new.
        var new = Array(specs.prefix(100))
        for index in 150..<200 { new.append(try spec("t\(index)", on: steady, http: index % 4 >= 2)) }
        for index in 200..<230 { new.append(try spec("t\(index)", on: steady, http: true)) }
        try #require(await agent.replace(new))
        let third = await agent.reports.snapshot { snapshot in
            snapshot.targets.count == 180 && snapshot.targets.filter { $0.status == .healthy }.count == 130
        }
        let kept = third.targets.filter { target in new.prefix(100).contains { $0.name == target.name } }
        let known = Dictionary(uniqueKeysWithValues: second.targets.map { ($0.name, $0.counters.probes) })
        try #require(kept.count == 100 && kept.allSatisfy { $0.counters.probes >= known[$0.name] ?? .max })

        await agent.stop()
        try #require(threadsBecome([]))
        steady.stop()
        return agent.weakly
    }

    static func hung() async throws {
        let first = EventLoop(kernel: try SystemKernel(), descriptorLimit: 100)
        let thread = try LoopThread(running: first, name: "probes")
        let server = try AnsweringServer()
        let (delay, other) = try await first.probeOnHeldLoop(spec("t", on: server, http: true))
        try #require(other.goes(), "something keeps the other loop alive")
        server.stop()
        try #require(delay >= .milliseconds(400))
        thread.stopAndJoin()
    }

    private static func spec(_ name: String, on server: AnsweringServer, http: Bool) throws -> ProbeSpec {
        let probe: Probe =
            http
            ? .http(HTTPProbe(url: try HTTPURL("http://127.0.0.1:\(server.port)/"), connection: .fresh))
            : .tcp(TCPProbe(address: try HostPort("127.0.0.1:\(server.port)")))
        return ProbeSpec(
            name: try #require(TargetName(name)),
            probe: probe,
            interval: .seconds(1),
            timeout: .seconds(1)
        )
    }

    private static func all(_ snapshot: HealthSnapshot, _ count: Int, _ holds: (TargetHealth) -> Bool) -> Bool {
        snapshot.targets.count == count && snapshot.targets.allSatisfy(holds)
    }

    /// Waits until these are the threads: the kernel shows one for a moment after it was joined.
    static func threadsBecome(_ names: [String]) -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(30))
        while threads() != names {
            guard ContinuousClock.now < end else { return false }
            _ = poll(nil, 0, 5)
        }
        return true
    }

    /// The names of the process's threads that run probes, sorted.
    static func threads() -> [String] {
        let names = (try? SystemFiles().entries(of: "/proc/self/task", limit: 10_000)) ?? []
        return names.compactMap { id in
            (try? SystemFiles().read("/proc/self/task/\(id)/comm", limit: 64)).map {
                String(decoding: $0.bytes.dropLast(), as: UTF8.self)
            }
        }.filter { $0.hasPrefix("probes") }.sorted()
    }
}

extension EventLoop {
    /// Has a run handed out to a loop that something holds for 400 ms then; gives how late it began, and the loop.
    fileprivate func probeOnHeldLoop(_ spec: ProbeSpec) async throws -> (delay: Duration, loop: WeakLoop) {
        var plan = ProbePlan(
            specs: [],
            settings: AgentSettings(addresses: .none),
            agentName: "test",
            spawner: try SystemProcessSpawner(),
            seed: 1
        )
        plan.loops = 2
        let factory = try ProberFactory.system(spawner: plan.spawner, scriptsAtOnce: 1)
        let crew = try #require(try await ProbingCrew.begin(plan, on: self))
        // The first of two equal ones is this loop.
        try #require(crew.prober(for: spec) == nil)
        var distant = spec
        distant.name = try #require(TargetName("distant"))
        let prober = try #require(crew.prober(for: distant))

        let signs = SignsOfLife()
        let runner = ProbeRunner(plan, factory: factory, crew: crew, reports: signs, on: self)

        let gate = Gate()
        let other = crew.links[0].loop
        let holding = Task { await other.hold(gate) }
        await gate.untilHeld()
        let beat = crew.oldestBeat(at: kernel.now)
        let observer = OneOutcome()
        let deadline = kernel.now.advanced(by: spec.timeout)
        prober.start(ProbeRunID(1), deadline: deadline, for: observer, on: self)
        schedule(at: kernel.now.advanced(by: .milliseconds(400))) {
            runner.step(on: self)
            gate.open()
        }
        let outcome = await observer.outcome(on: self)
        await holding.value
        try #require(signs.first == beat, "this loop lives, and the agent does not")
        try #require(crew.oldestBeat(at: kernel.now) > beat)
        try #require(outcome.verdict == .healthy)
        prober.stop(on: self)
        runner.stop(on: self)
        await crew.end(on: self)
        await factory.end(on: self)
        try #require(CrewRun.threadsBecome(["probes"]))
        return (observer.delay, WeakLoop(other))
    }

    fileprivate func hold(_ gate: Gate) { gate.hold() }
}

/// Holds a thread until it is opened.
private final class Gate: Sendable {
    private let isHeld = AsyncStream<Void>.makeStream()
    private let isOpen = Mutex(false)

    func hold() {
        isHeld.continuation.yield()
        while !isOpen.withLock({ $0 }) { sched_yield() }
    }

    func untilHeld() async {
        for await _ in isHeld.stream { return }
    }

    func open() { isOpen.withLock { $0 = true } }
}

/// Keeps the first sign of life of a probe loop.
private final class SignsOfLife: ProbeLoopReports {
    private let known = Mutex<MonotonicInstant?>(nil)

    var first: MonotonicInstant? { known.withLock { $0 } }

    func publish(_ snapshot: HealthSnapshot) {}
    func changed(_ change: HealthChange) {}
    func alive(at now: MonotonicInstant) { known.withLock { $0 = $0 ?? now } }
}

/// Keeps what is told of one run; waited for before it ends.
private final class OneOutcome: ProbeObserver {
    private(set) var delay = Duration.zero
    private var continuation: CheckedContinuation<Outcome, Never>?

    func outcome(on loop: isolated EventLoop) async -> Outcome {
        await withCheckedContinuation(isolation: loop) { continuation = $0 }
    }

    func began(_ run: ProbeRunID, after delay: Duration, on loop: isolated EventLoop) { self.delay = delay }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        continuation?.resume(returning: outcome)
        continuation = nil
    }
}

/// A probe loop with others, on real threads.
private final class RunningLoops {
    let reports: SnapshotWaiter
    var weakly: WeakLoop { WeakLoop(loop) }
    private let loop: EventLoop
    private var thread: LoopThread?
    private let probing: Task<Void, any Error>
    private let send: AsyncStream<ProbeLoopCommand>.Continuation

    init(_ specs: [ProbeSpec], loops: Int) throws {
        loop = EventLoop(kernel: try SystemKernel(), descriptorLimit: 500)
        thread = try LoopThread(running: loop, name: "probes")
        var plan = ProbePlan(
            specs: specs,
            settings: AgentSettings(addresses: .none),
            agentName: "test",
            spawner: try SystemProcessSpawner(),
            seed: 1
        )
        plan.loops = loops
        let (commands, send) = AsyncStream<ProbeLoopCommand>.makeStream()
        self.send = send
        reports = SnapshotWaiter(FigureBell(send))
        probing = Task { [loop, reports, plan] in
            try await loop.probe(plan, reports: reports, commands: commands)
        }
    }

    /// Hands over another list; true when it is in force.
    func replace(_ specs: [ProbeSpec]) async -> Bool {
        await withCheckedContinuation { continuation in
            let reply = AdminReply { result in
                if case .reloaded = result {
                    continuation.resume(returning: true)
                } else {
                    continuation.resume(returning: false)
                }
            }
            let report = ReloadReport(from: [], to: specs, needsRestart: false, warnings: [])
            send.yield(.replace(specs, AggregateSettings(), ReloadAnswer(report: report, reply: reply)))
        }
    }

    func stop() async {
        send.yield(.stop)
        try? await probing.value
        thread.take()?.stopAndJoin()
    }
}

/// Lets a test wait for a snapshot, and asks for its figures.
private final class SnapshotWaiter: ProbeLoopReports {
    private struct State {
        var last: HealthSnapshot?
        var waiting: (holds: @Sendable (HealthSnapshot) -> Bool, CheckedContinuation<HealthSnapshot, Never>)?
    }

    private let state = Mutex(State())
    private let bell: FigureBell

    init(_ bell: FigureBell) {
        self.bell = bell
    }

    /// The last snapshot, or the next, of which `holds` is true.
    func snapshot(where holds: @escaping @Sendable (HealthSnapshot) -> Bool) async -> HealthSnapshot {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if let last = state.last, holds(last) { return last as HealthSnapshot? }
                state.waiting = (holds, continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    func publish(_ snapshot: HealthSnapshot) {
        if snapshot.figuresAt < snapshot.takenAt { bell.ring() }
        let waiting = state.withLock { state -> CheckedContinuation<HealthSnapshot, Never>? in
            state.last = snapshot
            guard let waiting = state.waiting, waiting.holds(snapshot) else { return nil }
            state.waiting = nil
            return waiting.1
        }
        waiting?.resume(returning: snapshot)
    }

    func changed(_ change: HealthChange) {}
    func alive(at now: MonotonicInstant) {}
}
