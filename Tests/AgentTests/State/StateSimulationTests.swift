// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import StateStore
import Testing

@testable import Agent

/// A simulated agent that ends without a word, on a disk that fails now and then, and another that begins with what is left.
@Suite("StateSimulation", .serialized)
struct StateSimulationTests {
    private static let minutes = 60
    /// Between the end of one agent and the start of the next.
    private static let pause = Duration.seconds(2)

    @Test(
        "an agent that was killed is followed by one that knows what it knew",
        arguments: 1...8 as ClosedRange<UInt64>
    )
    func killed(seed: UInt64) async throws {
        let disk = SimulatedDisk()
        let first = try await Self.run(seed: seed, on: disk, boot: 1, shift: .zero)
        #expect(first.violations == [], "seed \(seed)")
        let killed = try #require(first.last)
        let shift = Duration.seconds(Self.minutes * 60) + Self.pause
        let second = try await Self.run(seed: seed, on: disk, boot: 2, shift: shift)
        #expect(second.violations == [], "seed \(seed)")
        let restored = try #require(second.first).targets.filter(\.isRestored)
        #expect(!restored.isEmpty, "seed \(seed)")
        let end = first.end
        for target in restored {
            let before = try #require(killed.target(target.name))
            // What had changed within the last second was perhaps not handed over yet.
            guard before.since < end.advanced(by: .seconds(-2)), before.breaker.since < end.advanced(by: .seconds(-2))
            else {
                continue
            }
            #expect(target.status == before.status, "seed \(seed), \(target.name)")
            #expect(target.since == before.since, "seed \(seed), \(target.name)")
        }
        let last = try #require(second.last)
        #expect(last.targets.allSatisfy { !$0.isRestored || $0.counters.probes == $0.counters[.unknown] })
        for target in last.targets {
            #expect(disk.runs(of: target.name) > 0, "seed \(seed): no history of \(target.name)")
        }
    }

    @Test("a disk that fails for a while is shown as a problem of the agent, and loses nothing")
    func failingDisk() async throws {
        let disk = SimulatedDisk()
        let failing: [(Int, StateError?)] = [
            (600, StateError(.full, "the disk is full")), (1_500, nil), (2_000, StateError(.corrupt, "malformed")),
        ]
        let run = try await Self.run(seed: 3, on: disk, boot: 1, shift: .zero, failures: failing, endsWell: true)
        #expect(run.problems.contains("the disk is full"))
        #expect(run.violations == [])
        let again = SimulatedKeeper(disk: disk) { run.stamp }
        let last = try #require(run.last)
        #expect(Set(try #require(again.saved).targets.keys) == Set(last.targets.map(\.name)))
        for target in last.targets {
            #expect(disk.runs(of: target.name) > 0)
            let saved = try #require(again.saved?.targets[target.name]?.saved)
            #expect(saved.since == target.since || target.status == .stale)
        }
    }

    private struct Run: Sendable {
        var violations: [String]
        var first: HealthSnapshot?
        var last: HealthSnapshot?
        var problems: Set<String>
        var stamp: SaveStamp
        var end: WallTime { stamp.wall }
    }

    private static func run(
        seed: UInt64,
        on disk: SimulatedDisk,
        boot: UInt64,
        shift: Duration,
        failures: [(Int, StateError?)] = [],
        endsWell: Bool = false
    ) async throws -> Run {
        let world = SimulatedWorld(seed: seed)
        let specs = try world.specs(10)
        let machine = world.machine(chaos: .none)
        let kernel = machine.kernel
        let watch = InvariantWatch(specs, kernel: kernel)
        // One calendar for both agents, although each simulated machine begins its own at the same time.
        let now: @Sendable () -> SaveStamp = {
            SaveStamp(wall: kernel.wallTime.advanced(by: shift), instant: kernel.now, boot: boot)
        }
        let keeper = SimulatedKeeper(disk: disk, now: now)
        var plan = ProbePlan(
            specs: specs,
            settings: AgentSettings(),
            agentName: "simulated",
            spawner: machine.spawner,
            seed: seed
        )
        plan.keeper = keeper
        plan.saved = keeper.saved
        let ready = plan
        let files = SimulatedWorld.files(of: specs)
        await OwnThread.run {
            machine.loop.simulate(.seconds(minutes * 60)) { loop in
                let factory = ProberFactory(on: machine, files: files, seed: seed)
                let runner = ProbeRunner(ready, factory: factory, reports: watch, on: loop)
                runner.step(on: loop)
                for (second, failure) in failures {
                    loop.schedule(at: loop.now.advanced(by: .seconds(second))) { disk.failure = failure }
                }
                guard endsWell else { return }
                loop.schedule(at: loop.now.advanced(by: .seconds(minutes * 60 - 5))) {
                    disk.failure = nil
                    runner.stop(on: loop)
                    keeper.finish()
                }
            }
        }
        return Run(
            violations: Array(watch.violations.prefix(5)),
            first: watch.first,
            last: watch.last,
            problems: watch.problems,
            stamp: now()
        )
    }
}
