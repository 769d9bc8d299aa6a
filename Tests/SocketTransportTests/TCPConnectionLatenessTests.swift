// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Testing

/// Our own lateness never counts against a target (P7).
@Suite("TCPConnection on a late loop")
struct TCPConnectionLatenessTests {
    private let simulation = Simulation(seed: 1)

    private func openMany(_ count: Int, stall: Duration) -> ConnectRecorder {
        let recorder = ConnectRecorder()
        simulation.perform { [simulation] loop in
            for number in 0..<count {
                let host = "10.0.\(number / 250).\(number % 250 + 1)"
                let connection = TCPConnection(host: host, port: 80, resolver: simulation.resolver)
                connection.open(by: loop.now.advanced(by: .seconds(2)), for: recorder, on: loop)
            }
            loop.schedule(at: loop.now) { simulation.kernel.stall(for: stall) }
        }
        simulation.run(for: .seconds(10))
        return recorder
    }

    @Test("peers that answered in time are not blamed when the loop looks after the deadline", arguments: [1, 1_000])
    func answeredInTime(count: Int) {
        simulation.kernel.otherPeers(.accepts(after: .milliseconds(5)))
        let recorder = openMany(count, stall: .seconds(5))
        #expect(recorder.all.count == count)
        #expect(recorder.all.allSatisfy { $0.report.failure == nil })
        #expect(simulation.kernel.openDescriptors == 0)
    }

    @Test("peers that refused in time are refused, not timed out", arguments: [1, 1_000])
    func refusedInTime(count: Int) {
        simulation.kernel.otherPeers(.refuses(after: .milliseconds(5)))
        let recorder = openMany(count, stall: .seconds(5))
        #expect(recorder.all.count == count)
        #expect(recorder.all.allSatisfy { $0.report.failure?.reason == .refused })
    }

    @Test("peers that never answered have timed out, however late the loop is")
    func neverAnswered() {
        simulation.kernel.otherPeers(.drops)
        let recorder = openMany(3, stall: .seconds(5))
        #expect(recorder.all.map(\.report.failure?.reason) == [.connectTimeout, .connectTimeout, .connectTimeout])
    }

    @Test("early returns, repeated and stale events change nothing", arguments: 1...20 as ClosedRange<UInt64>)
    func disturbed(seed: UInt64) throws {
        let simulation = Simulation(seed: seed)
        simulation.kernel.disturb(.wild)
        simulation.peer("10.0.0.1", .drops)
        simulation.peer("10.0.0.2", .accepts(after: .milliseconds(7)))
        simulation.resolver.name("db.test", .addresses(["10.0.0.1", "10.0.0.2"], after: .milliseconds(2)))
        for _ in 0..<20 {
            let entries = simulation.connect(to: "db.test")
            #expect(entries.count == 1, "seed \(seed)")
            #expect(entries.first?.report.phases.connect == .milliseconds(257), "seed \(seed)")
        }
        #expect(simulation.kernel.openDescriptors == 0, "seed \(seed)")
    }
}
