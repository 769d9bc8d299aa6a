// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Testing

@Suite("TCPConnection")
struct TCPConnectionTests {
    private let simulation = Simulation(seed: 1)
    private let host = "10.0.0.5"

    @Test("an accepted connection is open, with its address and the time it took")
    func accepted() throws {
        simulation.peer(host, .accepts(after: .milliseconds(3)))
        let entries = simulation.connect(to: host)
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        #expect(entry.isOpen)
        #expect(entry.report.failure == nil)
        #expect(entry.report.layer == .l4OK)
        #expect(entry.report.address == .at(host))
        #expect(entry.report.phases == PhaseTimings(connect: .milliseconds(3)))
        #expect(simulation.kernel.openDescriptors.isEmpty)
    }

    @Test("P7: a target without a route is unreachable, unless the machine has no route to anywhere")
    func cutOff() throws {
        simulation.kernel.cutOff(true)
        let report = try #require(simulation.connect(to: host).first).report
        #expect(report.failure?.reason == .internal)
        let message = "10.0.0.5:80 could not be tried: this machine has no IPv4 route to anywhere"
        #expect(report.failure?.message == message)
        simulation.kernel.cutOff(false)
        #expect(simulation.connect(to: host).first?.report.failure?.reason == .unreachable)
    }

    @Test(
        "every way to fail has its reason, layer and text",
        arguments: [
            (.refuses(after: .milliseconds(1)), .refused, .l4Connection, "10.0.0.5:80 refused the connection"),
            (.resets(after: .milliseconds(1)), .reset, .l4Connection, "10.0.0.5:80 reset the connection"),
            (.fails(EHOSTUNREACH), .unreachable, .l4Connection, "10.0.0.5:80 is unreachable: no route to host"),
            (.unreachable, .unreachable, .l4Connection, "10.0.0.5:80 is unreachable: network is unreachable"),
            (.drops, .connectTimeout, .l4Timeout, "10.0.0.5:80 did not answer within 2s"),
            (.fails(ETIMEDOUT), .connectTimeout, .l4Timeout, "10.0.0.5:80 did not answer"),
            (
                .fails(EADDRNOTAVAIL), .internal, .l4Connection,
                "10.0.0.5:80 could not be tried: cannot assign requested address"
            ),
            (
                .fails(EPERM), .internal, .l4Connection,
                "10.0.0.5:80 could not be tried: operation not permitted"
            ),
            (
                .fails(EAFNOSUPPORT), .internal, .l4Connection,
                "10.0.0.5:80 could not be tried: no support for its family"
            ),
            (
                .fails(EPROTO), .unreachable, .l4Connection,
                "10.0.0.5:80 is unreachable: protocol error"
            ),
        ] as [(SimulatedConnection, FailureReason, Layer, String)]
    )
    func failure(peer: SimulatedConnection, reason: FailureReason, layer: Layer, message: String) throws {
        simulation.peer(host, peer)
        let entries = simulation.connect(to: host)
        let report = try #require(entries.first).report
        #expect(entries.count == 1)
        #expect(report.failure?.reason == reason)
        #expect(report.failure?.message == message)
        #expect(report.failure?.evidence.phase == .connect)
        #expect(report.layer == layer)
        #expect(simulation.kernel.openDescriptors.isEmpty)
    }

    @Test("without a descriptor it is our own trouble, and the next attempt is made as usual")
    func noDescriptor() throws {
        let simulation = Simulation(seed: 1, descriptorLimit: 0)
        simulation.peer(host, .accepts(after: .zero))
        let failure = try #require(simulation.connect(to: host).first?.report.failure)
        #expect(failure.reason == .internal)
        #expect(failure.evidence.systemError?.code == EMFILE)
        #expect(simulation.attempts == 0)
        #expect(simulation.budgetHeld == 0)
    }

    @Test("a refused connection is known at once, not at the deadline")
    func refusedAtOnce() throws {
        simulation.peer(host, .refuses(after: .milliseconds(1)))
        let entry = try #require(simulation.connect(to: host).first)
        #expect(entry.report.startedAt.duration(to: entry.endedAt) == .milliseconds(1))
    }

    @Test("the deadline ends an attempt without an answer exactly then")
    func deadline() throws {
        simulation.peer(host, .drops)
        let entry = try #require(simulation.connect(to: host, timeout: .milliseconds(700)).first)
        #expect(entry.report.startedAt.duration(to: entry.endedAt) == .milliseconds(700))
    }

    @Test("an exhausted descriptor budget is internal, and the budget is whole afterwards")
    func budget() throws {
        let simulation = Simulation(seed: 1, descriptorBudget: 0)
        simulation.peer(host, .accepts(after: .milliseconds(1)))
        let failure = try #require(simulation.connect(to: host).first?.report.failure)
        #expect(failure.reason == .internal)
        #expect(failure.message == "10.0.0.5:80 could not be tried: all 0 descriptors for probes are in use")
        #expect(simulation.attempts == 0)
    }

    @Test("a connection may be opened again from the observer, without end")
    func reopening() {
        simulation.peer(host, .refuses(after: .milliseconds(1)))
        simulation.run(.seconds(3)) { [simulation, host] loop in
            let connection = TCPConnection(host: host, port: 80, resolver: simulation.resolver)
            connection.open(by: loop.now.advanced(by: .seconds(1)), for: Reopener(times: 1_000), on: loop)
        }
        #expect(simulation.attempts == 1_000)
        #expect(simulation.kernel.openDescriptors.isEmpty)
    }

    @Test("closing while it opens tells nobody and leaves nothing", arguments: ["10.0.0.5", "silent.test"])
    func closeWhileOpening(host: String) {
        let recorder = ConnectRecorder()
        simulation.peer("10.0.0.5", .drops)
        simulation.name("silent.test", .addresses(["10.0.0.5"], after: .seconds(1)))
        simulation.run(.seconds(5)) { [simulation] loop in
            let connection = TCPConnection(host: host, port: 80, resolver: simulation.resolver)
            connection.open(by: loop.now.advanced(by: .seconds(2)), for: recorder, on: loop)
            connection.close(on: loop)
        }
        #expect(recorder.all.isEmpty)
        #expect(simulation.kernel.openDescriptors.isEmpty)
        #expect(simulation.budgetHeld == 0)
    }
}

/// Opens the connection again whenever it failed, until it was opened so many times.
private final class Reopener: TCPConnectionObserver {
    private var remaining: Int

    init(times: Int) {
        remaining = times - 1
    }

    func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        guard remaining > 0 else { return }
        remaining -= 1
        connection.open(by: loop.now.advanced(by: .seconds(1)), for: self, on: loop)
    }

    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {}
}
