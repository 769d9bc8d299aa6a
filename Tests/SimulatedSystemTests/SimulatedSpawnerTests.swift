// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Testing

@Suite("SimulatedSpawner")
struct SimulatedSpawnerTests {
    @Test(
        "a script probe sees a simulated program as it would see a real one",
        arguments: [
            (SimulatedProgram.exits(0, after: .milliseconds(100), output: "fine"), "healthy fine after 100ms"),
            (.exits(2, after: .zero, output: "disk full"), "unhealthy exit code 2: disk full after 0ms"),
            (.hangs(), "unhealthy not done in 2s, ended when asked to after 1.6s"),
            (.hangs(ignoresTerminate: true), "unhealthy not done in 2s, killed after 2s"),
            (.exits(0, after: .seconds(1)).with { $0.exit = .signal(11) }, "unhealthy ended by SIGSEGV after 1s"),
            (
                .fails(SpawnFailure(.program, SystemError(code: ENOEXEC))),
                "unhealthy cannot run /check: Exec format error after 0ms"
            ),
            (.exits(0, after: .seconds(1), output: "fine").with { $0.escapees = 3 }, "healthy fine after 1s"),
        ]
    )
    func outcomes(_ program: SimulatedProgram, _ expected: String) {
        let machine = SimulatedMachine(programs: .always(program))
        machine.loop.simulate(.seconds(5)) { loop in
            let prober = machine.scriptProber("/check", reaper: ProcessReaper(spawner: machine.spawner))
            let observer = OutcomeRecorder(machine.kernel, keeping: prober)
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: .seconds(2)), for: observer, on: loop)
        }
        #expect(machine.kernel.trace.texts.last == expected)
        #expect(machine.leaks.isEmpty)
    }

    @Test("output and end are read through descriptors, in pieces, with their end told")
    func pipes() throws {
        let machine = SimulatedMachine(programs: .always(.exits(3, after: .seconds(1), output: "abc")))
        let kernel = machine.kernel
        let process = try machine.spawner.spawn(Program(path: "/check", arguments: [], environment: []))
        #expect(kernel.read(process.outputDescriptor, limit: 9) == .wouldBlock)
        #expect(machine.spawner.reap(process.id) == nil)
        try kernel.watch(process.exitDescriptor, token: 1)
        var ready: [Readiness] = []
        kernel.wait(timeout: nil, ready: &ready)
        #expect(ready == [Readiness(token: 1, events: .readable)])
        #expect(kernel.read(process.outputDescriptor, limit: 2) == .bytes(Array("ab".utf8)))
        #expect(kernel.read(process.outputDescriptor, limit: 2) == .bytes(Array("c".utf8)))
        #expect(kernel.read(process.outputDescriptor, limit: 2) == .end)
        #expect(machine.spawner.hasEnded(process.id))
        #expect(machine.spawner.reap(process.id) == .code(3))
        #expect(machine.spawner.processes.isEmpty)
    }

    @Test("a process that left its group outlives it as an orphan, and is listed until it is reaped")
    func escapee() throws {
        let machine = SimulatedMachine(programs: .always(.hangs().with { $0.escapees = 1 }))
        let spawner = machine.spawner
        let process = try spawner.spawn(Program(path: "/check", arguments: [], environment: ["BELLWETHER_RUN=ab"]))
        let child = try #require(spawner.children(of: process.id).first)
        #expect(spawner.orphans().isEmpty)
        spawner.send(.kill, toGroupOf: process.id)
        #expect(spawner.orphans() == [child])
        #expect(spawner.facts(of: child)?.marker == RunMarker(text: "ab"))
        #expect(machine.kernel.read(process.outputDescriptor, limit: 1) == .wouldBlock)
        spawner.kill(child)
        #expect(machine.kernel.read(process.outputDescriptor, limit: 1) == .end)
        #expect(spawner.processes == [process.id, child])
        #expect([process.id, child].map { spawner.reap($0) } == [.signal(9), .signal(9)])
        #expect(spawner.processes.isEmpty)
    }

    @Test("a start without enough descriptors is our failure, and keeps none")
    func noDescriptors() {
        let machine = SimulatedMachine(descriptorLimit: 2)
        let failure = #expect(throws: SpawnFailure.self) {
            try machine.spawner.spawn(Program(path: "/check", arguments: [], environment: []))
        }
        #expect(failure?.kind == .ours)
        #expect(machine.leaks.isEmpty)
    }

    @Test("a signal to a process that is reaped ends the test")
    func signalToStranger() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let spawner = SimulatedMachine(programs: .always(.hangs())).spawner
            let process = try spawner.spawn(Program(path: "/check", arguments: [], environment: []))
            spawner.send(.kill, toGroupOf: process.id)
            _ = spawner.reap(process.id)
            spawner.send(.kill, toGroupOf: process.id)
        }
        #expect(result.said("a signal to the group of 1000, which is reaped"))
    }
}

/// Notes the outcome, and keeps the prober alive until then.
private final class OutcomeRecorder: ProbeObserver {
    private let kernel: SimulatedKernel
    private let prober: any Prober

    init(_ kernel: SimulatedKernel, keeping prober: any Prober) {
        self.kernel = kernel
        self.prober = prober
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        kernel.record("\(outcome.verdict) \(outcome.message) after \(outcome.duration.readable)")
    }
}
