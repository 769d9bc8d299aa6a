// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Testing

@testable import Agent

/// The whole agent but its server and its files, with everything outside of it simulated from one seed.
///
/// Real are the loop, the runner, the pipeline and all probers; simulated are the kernel, names, HTTP servers and programs.
/// `BELLWETHER_SEED=7 swift test --filter AgentSimulation` runs one seed again.
@Suite("AgentSimulation", .serialized)
struct AgentSimulationTests {
    /// Seeds of the suite: 26 of 400 virtual minutes each.
    static let seeds: [UInt64] =
        getenv("BELLWETHER_SEED").flatMap { UInt64(String(cString: $0)) }.map { [$0] } ?? Array(1...26)
    static let minutes = 400

    @Test("whatever targets do, the invariants hold and nothing is left behind", arguments: seeds)
    func invariants(seed: UInt64) async throws {
        let isRough = seed.isMultiple(of: 2)
        let simulation = try await Self.run(
            seed: seed,
            minutes: Self.minutes,
            chaos: isRough ? .rough : .none,
            descriptorLimit: isRough ? 12 : 1_024
        )
        #expect(simulation.watch.violations.prefix(5) == [], "seed \(seed)")
        #expect(simulation.machine.leaks == [], "seed \(seed)")
        #expect(simulation.watch.snapshots > Self.minutes, "seed \(seed)")
        let last = try #require(simulation.watch.last)
        #expect(last.targets.allSatisfy { $0.counters.duration.count > 0 }, "seed \(seed)")
        // P3: nothing but the loop itself could delay a start, and it was never held up for longer than it overslept.
        let late = zip(Histogram.bounds, last.agent.lateness.counts).filter { $0.0 > .milliseconds(25) }.map(\.1)
            .reduce(0, +)
        #expect(late == 0, "seed \(seed)")
    }

    @Test("the same seed gives the same agent, step for step", arguments: [3 as UInt64, 4])
    func replay(seed: UInt64) async throws {
        let first = try await Self.run(seed: seed, minutes: 60, chaos: .rough, descriptorLimit: 12)
        let second = try await Self.run(seed: seed, minutes: 60, chaos: .rough, descriptorLimit: 12)
        #expect(first.machine.kernel.trace.count > 1_000)
        #expect(first.machine.kernel.trace == second.machine.kernel.trace)
    }

    private struct Simulation: Sendable {
        var machine: SimulatedMachine
        var watch: InvariantWatch
    }

    /// Probes for so many virtual minutes, stops, and gives what is dying two more.
    private static func run(
        seed: UInt64,
        minutes: Int,
        chaos: SimulatedChaos,
        descriptorLimit: Int
    ) async throws -> Simulation {
        let world = SimulatedWorld(seed: seed)
        let specs = try world.specs(10)
        let machine = world.machine(chaos: chaos, descriptorLimit: descriptorLimit)
        let watch = InvariantWatch(specs, kernel: machine.kernel)
        let plan = ProbePlan(
            specs: specs,
            settings: AgentSettings(),
            agentName: "simulated",
            spawner: machine.spawner,
            seed: seed
        )
        let files = SimulatedWorld.files(of: specs)
        await OwnThread.run {
            machine.loop.simulate(.seconds(minutes * 60 + 120)) { loop in
                let factory = ProberFactory(on: machine, files: files, seed: seed)
                let runner = ProbeRunner(plan, factory: factory, reports: watch, on: loop)
                runner.step(on: loop)
                loop.schedule(at: loop.now.advanced(by: .seconds(minutes * 60))) { runner.stop(on: loop) }
            }
        }
        return Simulation(machine: machine, watch: watch)
    }
}
