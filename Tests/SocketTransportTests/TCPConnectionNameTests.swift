// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Synchronization
import Testing

@Suite("TCPConnection to a name")
struct TCPConnectionNameTests {
    private let simulation = Simulation(seed: 1)

    /// Gives `db.test` an address per peer, 10.0.0.1 and up, or fd00::1 and up where `v6` says so.
    private func script(_ peers: [SimulatedConnection], v6: Set<Int> = []) {
        let hosts = peers.indices.map { v6.contains($0) ? "fd00::\($0 + 1)" : "10.0.0.\($0 + 1)" }
        for (host, peer) in zip(hosts, peers) { simulation.peer(host, peer) }
        simulation.name("db.test", .addresses(hosts, after: .milliseconds(2)))
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
            ([.unreachable, .accepts(after: .milliseconds(1))], "10.0.0.2", 1),
            ([.drops, .accepts(after: .milliseconds(1))], "10.0.0.2", 251),
            ([.accepts(after: .milliseconds(400)), .drops], "10.0.0.1", 400),
            ([.accepts(after: .milliseconds(400)), .accepts(after: .milliseconds(10))], "10.0.0.2", 260),
            ([.drops, .refuses(after: .milliseconds(1)), .accepts(after: .milliseconds(1))], "10.0.0.3", 252),
        ] as [([SimulatedConnection], String, Int)]
    )
    func nextAddress(peers: [SimulatedConnection], winner: String, milliseconds: Int) throws {
        script(peers)
        let report = try #require(simulation.connect(to: "db.test").first).report
        #expect(report.failure == nil)
        #expect(report.address == .at(winner))
        #expect(report.phases.connect == .milliseconds(milliseconds))
        #expect(simulation.kernel.openDescriptors.isEmpty)
        #expect(simulation.budgetHeld == 0)
    }

    @Test(
        "of several failures the one that says most about the target is reported",
        arguments: [
            ("refused beats no route", [.unreachable, .refuses(after: .milliseconds(1))], .refused),
            ("refused beats our own trouble", [.fails(EADDRNOTAVAIL), .refuses(after: .milliseconds(1))], .refused),
            ("our own trouble beats no route", [.unreachable, .fails(EADDRNOTAVAIL)], .internal),
            (
                "no route beats a missing family",
                [.fails(EAFNOSUPPORT), .unreachable], .unreachable
            ),
            ("the first of equals", [.resets(after: .milliseconds(1)), .refuses(after: .milliseconds(1))], .reset),
            ("silence beats refusal", [.drops, .refuses(after: .milliseconds(1))], .connectTimeout),
        ] as [(String, [SimulatedConnection], FailureReason)]
    )
    func mostTelling(title: String, peers: [SimulatedConnection], reason: FailureReason) throws {
        script(peers)
        let failure = try #require(simulation.connect(to: "db.test").first?.report.failure)
        #expect(failure.reason == reason)
        #expect(failure.message.hasSuffix(" (2 addresses)"))
    }

    @Test("a name with many silent addresses takes four descriptors at most")
    func bound() throws {
        script(Array(repeating: .drops, count: 20))
        let counter = Most()
        for milliseconds in stride(from: 100, to: 2_000, by: 100) {
            simulation.kernel.after(.milliseconds(milliseconds)) { [kernel = simulation.kernel] in
                counter.note(kernel.openDescriptors.count)
            }
        }
        let failure = try #require(simulation.connect(to: "db.test").first?.report.failure)
        #expect(failure.reason == .connectTimeout)
        #expect(counter.most == 4)
    }

    @Test("IPv6 and IPv4 addresses of one name are tried in the resolver's order")
    func families() throws {
        script([.refuses(after: .milliseconds(1)), .accepts(after: .milliseconds(1))], v6: [0])
        #expect(try #require(simulation.connect(to: "db.test").first).report.address == .at("10.0.0.2"))
    }

    @Test(
        "a failed look-up is dns, our own is internal",
        arguments: [
            (.notFound, .dns), (.temporary, .dns), (.ours, .internal),
        ] as [(ResolutionFailure.Kind, FailureReason)]
    )
    func lookUpFails(kind: ResolutionFailure.Kind, reason: FailureReason) throws {
        simulation.name("db.test", .fails(kind, after: .milliseconds(4)))
        let report = try #require(simulation.connect(to: "db.test").first).report
        #expect(report.failure?.reason == reason)
        #expect(report.failure?.message.hasPrefix("cannot resolve db.test: ") == true)
        #expect(report.layer == .l4Connection)
        #expect(report.phases == PhaseTimings(dns: .milliseconds(4)))
    }

    @Test("a silent resolver is dns at the deadline, and its late answer is ignored")
    func silentResolver() throws {
        simulation.peer("10.0.0.1", .accepts(after: .milliseconds(1)))
        simulation.name("db.test", .addresses(["10.0.0.1"], after: .milliseconds(2_500)))
        let entries = simulation.connect(to: "db.test")
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        #expect(entry.report.failure?.reason == .dns)
        #expect(entry.report.failure?.message == "cannot resolve db.test: no answer within 2s")
        #expect(entry.report.layer == .l4Timeout)
        #expect(entry.report.startedAt.duration(to: entry.endedAt) == .seconds(2))
        #expect(simulation.attempts == 0)
    }
}

/// The largest number it was told.
private final class Most: Sendable {
    private let value = Mutex(0)

    var most: Int { value.withLock { $0 } }

    func note(_ number: Int) {
        value.withLock { $0 = max($0, number) }
    }
}
