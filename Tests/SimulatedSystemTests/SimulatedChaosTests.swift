// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Testing

@Suite("SimulatedChaos")
struct SimulatedChaosTests {
    private static let address = SocketAddress(bytes: [10, 0, 0, 1], port: 80)

    @Test("early waits are empty, and no timer fires before its time")
    func earlyWaits() {
        let kernel = SimulatedKernel(seed: 4, chaos: SimulatedChaos(earlyWaits: 0.9))
        var ready: [Readiness] = []
        kernel.wait(timeout: .seconds(10), ready: &ready)
        #expect(kernel.elapsed < .seconds(10))
        #expect(ready.isEmpty)
        EventLoop(kernel: kernel).simulate(.seconds(20)) { loop in
            loop.schedule(at: SimulatedKernel.start.advanced(by: .seconds(12))) { kernel.record("timer") }
        }
        #expect(kernel.trace.lines.map(\.elapsed) == [.seconds(12)])
    }

    @Test("oversleeping delays a wait by no more than it may")
    func oversleep() {
        let kernel = SimulatedKernel(seed: 4, chaos: SimulatedChaos(oversleep: .milliseconds(3)))
        var ready: [Readiness] = []
        kernel.wait(timeout: .seconds(1), ready: &ready)
        #expect(kernel.elapsed > .seconds(1))
        #expect(kernel.elapsed <= .milliseconds(1_003))
    }

    @Test("a stale token is reported although nobody watches it")
    func staleToken() throws {
        let kernel = SimulatedKernel(chaos: SimulatedChaos(staleTokens: 1))
        let descriptor = try kernel.openStream(for: Self.address)
        try kernel.watch(descriptor, token: 77)
        kernel.close(descriptor)
        var ready: [Readiness] = []
        kernel.wait(timeout: .zero, ready: &ready)
        #expect(ready.map(\.token) == [77])
    }

    @Test("the loop gives a stale token to nobody, though its number was given out again")
    func staleTokenOnLoop() {
        let machine = SimulatedMachine(
            network: .always(.accepts(after: .milliseconds(40))),
            chaos: SimulatedChaos(earlyWaits: 0.5, staleTokens: 1)
        )
        for _ in 0..<5 {
            #expect(machine.connect(to: Self.address, within: .seconds(1)) == "connected after 40ms")
        }
    }
}
