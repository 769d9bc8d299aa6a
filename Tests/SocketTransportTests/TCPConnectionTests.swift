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
        #expect(simulation.kernel.openDescriptors == 0)
    }

    @Test(
        "every way to fail has its reason, layer and text",
        arguments: [
            (.refuses(), .refused, .l4Connection, "10.0.0.5:80 refused the connection"),
            (.resets(), .reset, .l4Connection, "10.0.0.5:80 reset the connection"),
            (.unreachable(), .unreachable, .l4Connection, "10.0.0.5:80 is unreachable: no route to host"),
            (.noRoute, .unreachable, .l4Connection, "10.0.0.5:80 is unreachable: network is unreachable"),
            (.drops, .connectTimeout, .l4Timeout, "10.0.0.5:80 did not answer within 2s"),
            (
                SimulatedPeer(.fails(.connectionTimedOut, after: .seconds(1))), .connectTimeout, .l4Timeout,
                "10.0.0.5:80 did not answer"
            ),
            (
                SimulatedPeer(.cannotStart(.noPortLeft)), .internal, .l4Connection,
                "10.0.0.5:80 could not be tried: cannot assign requested address"
            ),
            (
                SimulatedPeer(.cannotStart(.notPermitted)), .internal, .l4Connection,
                "10.0.0.5:80 could not be tried: operation not permitted"
            ),
            (
                SimulatedPeer(.cannotStart(.noSupportForFamily)), .internal, .l4Connection,
                "10.0.0.5:80 could not be tried: no support for its family"
            ),
            (
                SimulatedPeer(.fails(SystemError(code: EPROTO), after: .zero)), .unreachable, .l4Connection,
                "10.0.0.5:80 is unreachable: protocol error"
            ),
        ] as [(SimulatedPeer, FailureReason, Layer, String)]
    )
    func failure(peer: SimulatedPeer, reason: FailureReason, layer: Layer, message: String) throws {
        simulation.peer(host, peer)
        let entries = simulation.connect(to: host)
        let report = try #require(entries.first).report
        #expect(entries.count == 1)
        #expect(report.failure?.reason == reason)
        #expect(report.failure?.message == message)
        #expect(report.failure?.evidence.phase == .connect)
        #expect(report.layer == layer)
        #expect(simulation.kernel.openDescriptors == 0)
    }

    @Test(
        "what our own side lacks is internal",
        arguments: [
            (.openStream, .tooManyOpenFiles), (.openStream, SystemError(code: ENFILE)),
            (.openStream, SystemError(code: ENOBUFS)), (.connect, .noPortLeft), (.connect, SystemError(code: ENOMEM)),
            (.watch, SystemError(code: ENOSPC)),
        ] as [(KernelCall, SystemError)]
    )
    func ours(call: KernelCall, error: SystemError) throws {
        simulation.peer(host, .accepts())
        simulation.kernel.fail(call, with: error)
        let failure = try #require(simulation.connect(to: host).first?.report.failure)
        #expect(failure.reason == .internal)
        #expect(failure.evidence.systemError == error)
        #expect(simulation.kernel.openDescriptors == 0)
        #expect(simulation.perform { loop in loop.budget.held } == 0)
        #expect(simulation.connect(to: host).first?.report.failure == nil)
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
        simulation.peer(host, .accepts())
        let failure = try #require(simulation.connect(to: host).first?.report.failure)
        #expect(failure.reason == .internal)
        #expect(failure.message == "10.0.0.5:80 could not be tried: all 0 descriptors for probes are in use")
        #expect(simulation.kernel.socketsOpened == 0)
    }

    @Test("an open connection passes readiness on, and resets when it is closed")
    func readiness() {
        let recorder = ConnectRecorder(closes: .whenPeerCloses)
        simulation.peer(
            host,
            SimulatedPeer(.accepts(after: .zero), then: [(.milliseconds(5), .sends([1])), (.milliseconds(9), .closes)])
        )
        simulation.perform { [simulation, host] loop in
            let connection = TCPConnection(host: host, port: 80, resolver: simulation.resolver)
            connection.open(by: loop.now.advanced(by: .milliseconds(7)), for: recorder, on: loop)
        }
        simulation.run(for: .seconds(3))
        #expect(recorder.all.count == 1)
        #expect(recorder.readiness == [[.readable, .writable], [.readable, .writable, .peerClosed]])
        #expect(simulation.kernel.connectionsReset == 1)
        #expect(simulation.kernel.openDescriptors == 0)
    }

    @Test("a connection may be opened again from the observer, without end")
    func reopening() {
        simulation.peer(host, .refuses(after: .milliseconds(1)))
        simulation.perform { [simulation, host] loop in
            let connection = TCPConnection(host: host, port: 80, resolver: simulation.resolver)
            connection.open(by: loop.now.advanced(by: .seconds(1)), for: Reopener(times: 1_000), on: loop)
        }
        simulation.run(for: .seconds(3))
        #expect(simulation.kernel.socketsOpened == 1_000)
        #expect(simulation.kernel.mostOpenDescriptors == 1)
        #expect(simulation.kernel.openDescriptors == 0)
    }

    @Test("closing while it opens tells nobody and leaves nothing", arguments: ["10.0.0.5", "silent.test"])
    func closeWhileOpening(host: String) {
        let recorder = ConnectRecorder()
        simulation.peer("10.0.0.5", .drops)
        simulation.resolver.name("silent.test", .addresses(["10.0.0.5"], after: .seconds(1)))
        simulation.perform { [simulation] loop in
            let connection = TCPConnection(host: host, port: 80, resolver: simulation.resolver)
            connection.open(by: loop.now.advanced(by: .seconds(2)), for: recorder, on: loop)
            connection.close(on: loop)
        }
        simulation.run(for: .seconds(5))
        #expect(recorder.all.isEmpty)
        #expect(simulation.kernel.openDescriptors == 0)
        #expect(simulation.perform { loop in loop.budget.held } == 0)
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
