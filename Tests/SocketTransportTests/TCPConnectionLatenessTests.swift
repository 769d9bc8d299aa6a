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
        simulation.run(.seconds(10)) { [simulation] loop in
            for number in 0..<count {
                let host = "10.0.\(number / 250).\(number % 250 + 1)"
                let connection = TCPConnection(host: host, port: 80, resolver: simulation.resolver)
                connection.open(by: loop.now.advanced(by: .seconds(2)), for: recorder, on: loop)
            }
            loop.schedule(at: loop.now) { simulation.kernel.advance(by: stall) }
        }
        return recorder
    }

    @Test("peers that answered in time are not blamed when the loop looks after the deadline", arguments: [1, 1_000])
    func answeredInTime(count: Int) {
        simulation.otherPeers(.accepts(after: .milliseconds(5)))
        let recorder = openMany(count, stall: .seconds(5))
        #expect(recorder.all.count == count)
        #expect(recorder.all.allSatisfy { $0.report.failure == nil })
        #expect(simulation.kernel.openDescriptors.isEmpty)
    }

    @Test("peers that refused in time are refused, not timed out", arguments: [1, 1_000])
    func refusedInTime(count: Int) {
        simulation.otherPeers(.refuses(after: .milliseconds(5)))
        let recorder = openMany(count, stall: .seconds(5))
        #expect(recorder.all.count == count)
        #expect(recorder.all.allSatisfy { $0.report.failure?.reason == .refused })
    }

    @Test("peers that never answered have timed out, however late the loop is")
    func neverAnswered() {
        simulation.otherPeers(.drops)
        let recorder = openMany(3, stall: .seconds(5))
        #expect(recorder.all.map(\.report.failure?.reason) == [.connectTimeout, .connectTimeout, .connectTimeout])
    }

    @Test(
        "a peer that had less time to answer because our own turn was slow is not blamed",
        arguments: [(100, FailureReason.connectTimeout), (500, .internal), (1_900, .internal), (10_000, .internal)]
    )
    func slowTurn(milliseconds: Int, reason: FailureReason) throws {
        simulation.otherPeers(.drops)
        let recorder = ConnectRecorder()
        simulation.run(.seconds(20)) { [simulation] loop in
            loop.schedule(at: loop.now) { simulation.kernel.advance(by: .milliseconds(milliseconds)) }
            let opener = Opener(TCPConnection(host: "10.0.0.5", port: 80, resolver: simulation.resolver), recorder)
            loop.schedule(opener, at: loop.now)
        }
        #expect(recorder.all.map(\.report.failure?.reason) == [reason])
    }

    @Test("a slow turn before the connection attempt says what it cost")
    func slowTurnMessage() throws {
        simulation.otherPeers(.drops)
        let recorder = ConnectRecorder()
        simulation.run(.seconds(20)) { [simulation] loop in
            loop.schedule(at: loop.now) { simulation.kernel.advance(by: .milliseconds(500)) }
            let opener = Opener(TCPConnection(host: "10.0.0.5", port: 80, resolver: simulation.resolver), recorder)
            loop.schedule(opener, at: loop.now)
        }
        let failure = try #require(recorder.all.first?.report.failure)
        let cause = "the agent was late and left it 500ms less than it should"
        #expect(failure.message == "10.0.0.5:80 did not answer, but \(cause)")
    }

    @Test("a name's answer that is handled after the deadline, because the loop was late, is our own trouble")
    func lateAnswer() throws {
        simulation.otherPeers(.drops)
        simulation.name("db.test", .addresses(["10.0.0.1"], after: .milliseconds(100)))
        let recorder = ConnectRecorder()
        simulation.run(.seconds(20)) { [simulation] loop in
            let connection = TCPConnection(host: "db.test", port: 80, resolver: simulation.resolver)
            connection.open(by: loop.now.advanced(by: .seconds(2)), for: recorder, on: loop)
            loop.schedule(at: loop.now) { simulation.kernel.advance(by: .seconds(3)) }
        }
        let failure = try #require(recorder.all.first?.report.failure)
        #expect(recorder.all.count == 1)
        #expect(failure.reason == .internal)
        #expect(failure.message == "cannot resolve db.test: the answer was handled after the deadline")
    }

    @Test("early returns, repeated and stale events change nothing", arguments: 1...20 as ClosedRange<UInt64>)
    func disturbed(seed: UInt64) throws {
        let simulation = Simulation(seed: seed, chaos: SimulatedChaos(earlyWaits: 0.5, staleTokens: 0.5))
        simulation.peer("10.0.0.1", .drops)
        simulation.peer("10.0.0.2", .accepts(after: .milliseconds(7)))
        simulation.name("db.test", .addresses(["10.0.0.1", "10.0.0.2"], after: .milliseconds(2)))
        for _ in 0..<20 {
            let entries = simulation.connect(to: "db.test")
            #expect(entries.count == 1, "seed \(seed)")
            #expect(entries.first?.report.phases.connect == .milliseconds(257), "seed \(seed)")
        }
        #expect(simulation.kernel.openDescriptors.isEmpty, "seed \(seed)")
    }
}

/// Opens a connection when its timer fires, by two seconds after.
private final class Opener: TimerHandler {
    private let connection: TCPConnection
    private let observer: ConnectRecorder

    init(_ connection: TCPConnection, _ observer: ConnectRecorder) {
        self.connection = connection
        self.observer = observer
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        connection.open(by: loop.now.advanced(by: .seconds(2)), for: observer, on: loop)
    }
}
