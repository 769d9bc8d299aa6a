// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Testing

@Suite("SimulatedMachine: one seed, one run")
struct DeterminismTests {
    @Test("the same seed gives the same trace, and another seed another", arguments: [1 as UInt64, 2, 3])
    func sameTrace(seed: UInt64) {
        let first = Self.run(seed: seed)
        let second = Self.run(seed: seed)
        #expect(first.trace.count > 1_000)
        #expect(first.trace == second.trace)
        #expect(first.trace != Self.run(seed: seed + 100).trace)
    }

    @Test("whatever the world does, stopped probers leave nothing behind", arguments: (10 as UInt64)..<30)
    func nothingLeft(seed: UInt64) {
        let (trace, leaks) = Self.run(seed: seed)
        #expect(leaks.isEmpty)
        #expect(trace.texts.contains("stopped with 0 descriptors held"))
    }

    @Test("programs that are stopped together end in the same order every time")
    func stoppedTogether() {
        func run() -> SimulationTrace {
            let machine = SimulatedMachine(programs: .always(.hangs().with { $0.killDelay = .milliseconds(10) }))
            machine.loop.simulate(.seconds(2)) { loop in
                let rounds = ProbeRounds(machine, targets: 90, timeout: .seconds(60), on: loop)
                rounds.begin(on: loop)
                loop.schedule(at: loop.now.advanced(by: .seconds(1))) { rounds.stop(on: loop) }
            }
            return machine.kernel.trace
        }
        #expect(run() == run())
    }

    @Test("draws of one part of the simulation leave the other parts alone")
    func streams() {
        let kernel = SimulatedKernel(seed: 5)
        var names = kernel.random(for: "names")
        var again = kernel.random(for: "names")
        var web = kernel.random(for: "web")
        let drawn = names.next()
        #expect(drawn == again.next())
        #expect(drawn != web.next())
    }

    /// Two minutes of probing in a rough world, then a stop and half a minute for what has to end.
    private static func run(seed: UInt64) -> (trace: SimulationTrace, leaks: [String]) {
        let machine = SimulatedMachine.rough(seed: seed)
        machine.loop.simulate(.seconds(150)) { loop in
            let rounds = ProbeRounds(machine, targets: 12, on: loop)
            rounds.begin(on: loop)
            loop.schedule(at: loop.now.advanced(by: .seconds(120))) { rounds.stop(on: loop) }
        }
        return (machine.kernel.trace, machine.leaks)
    }
}

extension SimulatedMachine {
    /// A machine where every part draws what it does, and chaos disturbs all of them.
    static func rough(seed: UInt64) -> SimulatedMachine {
        SimulatedMachine(
            seed: seed,
            network: SimulatedNetwork { _, _, random in
                let delay = random.duration(in: .zero ... .milliseconds(1_200))
                return random.pick([
                    .accepts(after: delay), .refuses(after: delay), .drops, .resets(after: delay), .unreachable,
                ])
            },
            zone: SimulatedZone { _, _, random in
                let delay = random.duration(in: .zero ... .milliseconds(900))
                return random.pick([
                    .addresses(["10.0.0.1", "fd00::1"], after: delay), .addresses(["10.0.0.2"], after: .zero),
                    .fails(.notFound, after: delay), .fails(.ours, after: .zero), .never,
                ])
            },
            web: SimulatedWeb { _, _, random in
                let delay = random.duration(in: .zero ... .milliseconds(1_200))
                return random.pick([.answers(200, after: delay, body: "ok"), .refuses(after: delay), .hangs, .drops])
            },
            programs: SimulatedPrograms { _, _, random in
                let delay = random.duration(in: .zero ... .milliseconds(1_200))
                return random.pick([
                    .exits(0, after: delay, output: "fine"), .hangs(), .hangs(ignoresTerminate: true),
                    .hangs().with { $0.killDelay = delay }, .exits(2, after: delay).with { $0.escapees = 2 },
                ])
            },
            chaos: .rough,
            descriptorLimit: 24
        )
    }
}
