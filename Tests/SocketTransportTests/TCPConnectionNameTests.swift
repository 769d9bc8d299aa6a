// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Testing

@Suite("TCPConnection to a name")
struct TCPConnectionNameTests {
    private let simulation = Simulation(seed: 1)

    /// Gives `db.test` an address per peer, 10.0.0.1 and up, or fd00::1 and up where `v6` says so.
    private func script(_ peers: [SimulatedPeer], v6: Set<Int> = []) {
        let hosts = peers.indices.map { v6.contains($0) ? "fd00::\($0 + 1)" : "10.0.0.\($0 + 1)" }
        for (host, peer) in zip(hosts, peers) { simulation.peer(host, peer) }
        simulation.resolver.name("db.test", .addresses(hosts, after: .milliseconds(2)))
    }

    @Test("the look-up is a phase of its own")
    func phases() throws {
        script([.accepts(after: .milliseconds(3))])
        let report = try #require(simulation.connect(to: "db.test").first).report
        #expect(report.phases == PhaseTimings(dns: .milliseconds(2), connect: .milliseconds(3)))
        #expect(report.address == .at("10.0.0.1"))
    }

    @Test(
        "the next address is tried after a failure, or when an attempt stays silent for 250 ms",
        arguments: [
            ([.refuses(after: .milliseconds(5)), .accepts(after: .milliseconds(1))], "10.0.0.2", 6),
            ([.noRoute, .accepts(after: .milliseconds(1))], "10.0.0.2", 1),
            ([.drops, .accepts(after: .milliseconds(1))], "10.0.0.2", 251),
            ([.accepts(after: .milliseconds(400)), .drops], "10.0.0.1", 400),
            ([.accepts(after: .milliseconds(400)), .accepts(after: .milliseconds(10))], "10.0.0.2", 260),
            ([.drops, .refuses(after: .milliseconds(1)), .accepts(after: .milliseconds(1))], "10.0.0.3", 252),
        ] as [([SimulatedPeer], String, Int)]
    )
    func nextAddress(peers: [SimulatedPeer], winner: String, milliseconds: Int) throws {
        script(peers)
        let report = try #require(simulation.connect(to: "db.test").first).report
        #expect(report.failure == nil)
        #expect(report.address == .at(winner))
        #expect(report.phases.connect == .milliseconds(milliseconds))
        #expect(simulation.kernel.openDescriptors == 0)
        #expect(simulation.perform { loop in loop.budget.held } == 0)
    }

    @Test(
        "of several failures the one that says most about the target is reported",
        arguments: [
            ("refused beats no route", [.noRoute, .refuses()], .refused),
            ("refused beats our own trouble", [SimulatedPeer(.cannotStart(.noPortLeft)), .refuses()], .refused),
            ("our own trouble beats no route", [.noRoute, SimulatedPeer(.cannotStart(.noPortLeft))], .internal),
            (
                "no route beats a missing family",
                [SimulatedPeer(.cannotStart(.noSupportForFamily)), .noRoute], .unreachable
            ),
            ("the first of equals", [.unreachable(), .refuses()], .unreachable),
            ("silence beats refusal", [.drops, .refuses()], .connectTimeout),
        ] as [(String, [SimulatedPeer], FailureReason)]
    )
    func mostTelling(title: String, peers: [SimulatedPeer], reason: FailureReason) throws {
        script(peers)
        let failure = try #require(simulation.connect(to: "db.test").first?.report.failure)
        #expect(failure.reason == reason)
        #expect(failure.message.hasSuffix(" (2 addresses)"))
    }

    @Test("a name with many silent addresses takes four descriptors at most")
    func bound() throws {
        script(Array(repeating: .drops, count: 20))
        let failure = try #require(simulation.connect(to: "db.test").first?.report.failure)
        #expect(failure.reason == .connectTimeout)
        #expect(simulation.kernel.mostOpenDescriptors == 4)
    }

    @Test("IPv6 and IPv4 addresses of one name are tried in the resolver's order")
    func families() throws {
        script([.refuses(), .accepts()], v6: [0])
        #expect(try #require(simulation.connect(to: "db.test").first).report.address == .at("10.0.0.2"))
    }

    @Test(
        "a failed look-up is dns, our own is internal",
        arguments: [
            (.notFound, .dns), (.temporary, .dns), (.ours, .internal),
        ] as [(ResolutionFailure.Kind, FailureReason)]
    )
    func lookUpFails(kind: ResolutionFailure.Kind, reason: FailureReason) throws {
        let answer = ResolutionFailure(kind: kind, message: "no such name")
        simulation.resolver.name("db.test", .fails(answer, after: .milliseconds(4)))
        let report = try #require(simulation.connect(to: "db.test").first).report
        #expect(report.failure?.reason == reason)
        #expect(report.failure?.message == "cannot resolve db.test: no such name")
        #expect(report.layer == .l4Connection)
        #expect(report.phases == PhaseTimings(dns: .milliseconds(4)))
    }

    @Test("a look-up that never began, because others took all threads, is our own trouble")
    func queued() throws {
        simulation.resolver.name("db.test", .queued)
        let entry = try #require(simulation.connect(to: "db.test").first)
        #expect(entry.report.failure?.reason == .internal)
        #expect(entry.report.failure?.message == "cannot resolve db.test: other look-ups took all threads for 2s")
        #expect(entry.report.startedAt.duration(to: entry.endedAt) == .seconds(2))
    }

    @Test("the late answer to an earlier opening is not taken for the answer to the present one")
    func lateAnswerToEarlierOpening() {
        let recorder = ConnectRecorder()
        simulation.kernel.otherPeers(.accepts())
        let start = simulation.now
        simulation.resolver.name("db.test") { now, _ in
            now == start
                ? .addresses(["10.0.0.1"], after: .milliseconds(1_500))
                : .addresses(["10.0.0.2"], after: .milliseconds(900))
        }
        simulation.perform { [resolver = simulation.resolver] loop in
            let connection = TCPConnection(host: "db.test", port: 80, resolver: resolver)
            connection.open(by: loop.now.advanced(by: .seconds(1)), for: Retrier(then: recorder), on: loop)
        }
        simulation.run(for: .seconds(5))
        #expect(recorder.all.map(\.report.address) == [.at("10.0.0.2")])
    }

    @Test("a silent resolver is dns at the deadline, and its late answer is ignored")
    func silentResolver() throws {
        simulation.peer("10.0.0.1", .accepts())
        simulation.resolver.name("db.test", .addresses(["10.0.0.1"], after: .milliseconds(2_500)))
        let entries = simulation.connect(to: "db.test")
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        #expect(entry.report.failure?.reason == .dns)
        #expect(entry.report.failure?.message == "cannot resolve db.test: no answer within 2s")
        #expect(entry.report.layer == .l4Timeout)
        #expect(entry.report.startedAt.duration(to: entry.endedAt) == .seconds(2))
        #expect(simulation.kernel.socketsOpened == 0)
    }
}

/// Opens a connection that failed once more, for another observer.
private final class Retrier: TCPConnectionObserver {
    private let next: ConnectRecorder

    init(then next: ConnectRecorder) {
        self.next = next
    }

    func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        connection.open(by: loop.now.advanced(by: .seconds(1)), for: next, on: loop)
    }

    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {}
}
