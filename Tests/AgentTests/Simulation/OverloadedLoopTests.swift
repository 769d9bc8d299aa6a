// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

@testable import Agent

@Suite("ProbeRunner: more targets than the loop can probe")
struct OverloadedLoopTests {
    private static let targets = 600
    private static let time = 20

    @Test("probes that cannot all be started in time start late, all of them about as late, and none fails for it")
    func overload() async throws {
        // Each probe takes 3 ms of the loop, so that a second has room for 333 of 600.
        let snapshot = try await Self.snapshot(costOfProbe: .milliseconds(3))
        let probes = snapshot.targets.map(\.counters.probes)
        #expect(snapshot.targets.allSatisfy { $0.status == .healthy && $0.counters.reasons.isEmpty })
        #expect(probes.reduce(0, +) > 320 * UInt64(Self.time), "the loop's time went into probes")
        #expect((probes.min() ?? 0) * 3 >= (probes.max() ?? 0) * 2, "nobody waits for much longer than others")
        #expect(snapshot.agent.problems.map(\.problem) == [.lateness])
    }

    @Test("with room for all of them, none is late")
    func room() async throws {
        let snapshot = try await Self.snapshot(costOfProbe: .microseconds(500))
        #expect(snapshot.targets.allSatisfy { $0.status == .healthy && $0.counters.probes >= UInt64(Self.time) })
        #expect(snapshot.agent.problems.isEmpty)
    }

    /// What is known after some seconds of probing every target each second, when a start keeps the loop busy for so long.
    private static func snapshot(costOfProbe cost: Duration) async throws -> HealthSnapshot {
        let specs = try (0..<targets).map { index in
            ProbeSpec(
                name: try #require(TargetName("t\(index)")),
                probe: .http(HTTPProbe(url: try HTTPURL("http://192.0.2.1/"))),
                interval: .seconds(1),
                timeout: .milliseconds(800),
                jitter: 0
            )
        }
        let kernel = Mutex<SimulatedKernel?>(nil)
        let machine = SimulatedMachine(
            web: SimulatedWeb { _, _, _ in
                kernel.withLock { $0 }?.advance(by: cost)
                return .answers(200, after: .milliseconds(1))
            }
        )
        kernel.withLock { $0 = machine.kernel }
        let snapshot = try await machine.lastSnapshot(of: specs, after: .seconds(time))
        kernel.withLock { $0 = nil }
        return snapshot
    }
}
