// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing

/// Several addresses of one name, on the real kernel: 127.0.0.1 listens, the others of 127.0.0.0/8 refuse.
@Suite("EveryAddressProber")
struct EveryAddressProberTests {
    /// What `count` runs come to.
    private static func outcomes(
        _ policy: AddressPolicy,
        of hosts: [String],
        port: UInt16,
        runs count: UInt64 = 1,
        timeout: Duration = .seconds(10),
        family: AddressFamily = .any,
        fails failure: ResolutionFailure? = nil
    ) async throws -> [Outcome] {
        let url = try HTTPURL("http://target.test:\(port)/")
        let probe = HTTPProbe(url: url, address: AddressChoice(family: family, policy: policy))
        let several = try #require(Probe.http(probe).severalAddresses)
        let addresses = hosts.compactMap { SocketAddress(numeric: $0, port: port) }
        let answer = failure.map { ResolutionAnswer.failed($0) } ?? .addresses(addresses)
        return try await withLoop { loop in
            let client = HTTPClient(names: hosts.isEmpty && failure == nil ? [:] : ["target.test": answer], on: loop)
            let maker = Maker(probe, over: client)
            let prober = EveryAddressProber(of: several, made: maker, resolver: client.resolver)
            var outcomes: [Outcome] = []
            for number in 1...count {
                outcomes.append(await prober.run(number, timeout: timeout, on: loop))
            }
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
            return outcomes
        }
    }

    private static func server(_ count: Int = 4) -> ByteServer {
        ByteServer([(0..<count).flatMap { _ in [ByteServer.Step.readRequest, ByteServer.answer("ok")] }])
    }

    @Test(
        "row 20: of two addresses only one listens: any passes, all does not, and says which",
        arguments: [AddressPolicy.any, .all]
    )
    func onlyOneListens(policy: AddressPolicy) async throws {
        let server = Self.server()
        defer { server.stop() }
        let outcome = try #require(
            try await Self.outcomes(policy, of: ["127.0.0.9", "127.0.0.1"], port: server.port).first
        )
        guard policy == .all else {
            #expect(outcome.verdict == .healthy)
            #expect(outcome.failure == nil)
            #expect(outcome.address == "127.0.0.1:\(server.port)")
            return
        }
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.failure?.reason == .refused)
        #expect(outcome.layer == .l4Connection)
        #expect(outcome.message == "1 of 2 addresses does not pass: 127.0.0.9 (connection refused)")
        #expect(outcome.address == "127.0.0.9:\(server.port)")
    }

    @Test("row 20: with IPv4 and IPv6 of which only one listens, the family decides", arguments: AddressFamily.allCases)
    func families(family: AddressFamily) async throws {
        let server = Self.server()
        defer { server.stop() }
        let outcomes = try await Self.outcomes(.all, of: ["::1", "127.0.0.1"], port: server.port, family: family)
        #expect(outcomes.first?.verdict == (family == .ipv4 ? .healthy : .unhealthy))
        let message = [
            AddressFamily.any: "1 of 2 addresses does not pass: ::1 (connection refused)",
            .ipv6: "the only address does not pass: ::1 (connection refused)",
        ]
        if let expected = message[family] { #expect(outcomes.first?.message == expected) }
    }

    @Test(
        "when no address passes, all are named, the first three with their reason",
        arguments: [AddressPolicy.any, .all]
    )
    func nonePasses(policy: AddressPolicy) async throws {
        let (refusing, port) = LocalSocket.bound(backlog: nil)
        defer { close(refusing) }
        let hosts = (1...4).map { "127.0.0.\($0)" }
        let outcome = try #require(try await Self.outcomes(policy, of: hosts, port: port).first)
        #expect(outcome.verdict == .unhealthy)
        let reason = "(connection refused)"
        let names = "127.0.0.1 \(reason), 127.0.0.2 \(reason), 127.0.0.3 \(reason), 127.0.0.4"
        #expect(outcome.message == "none of 4 addresses passes: \(names)")
    }

    @Test("each address keeps its connection between runs")
    func keepAlive() async throws {
        let server = Self.server()
        defer { server.stop() }
        let outcomes = try await Self.outcomes(.all, of: ["127.0.0.1", "127.0.0.1"], port: server.port, runs: 3)
        #expect(outcomes.map(\.verdict) == [.healthy, .healthy, .healthy])
        #expect(server.accepted == 1)
        #expect(server.requests.first?.contains("Host: target.test:\(server.port)\r\n") == true)
    }

    @Test("with any, an address that is silent delays neither the verdict nor the next run")
    func silentAddress() async throws {
        let silent = ByteServer(.readRequest, .silence)
        defer { silent.stop() }
        let port = silent.port
        let url = try HTTPURL("http://target.test:\(port)/")
        let probe = HTTPProbe(url: url, address: AddressChoice(policy: .any))
        let several = try #require(Probe.http(probe).severalAddresses)
        let addresses = ["127.0.0.1", "127.0.0.2"].compactMap { SocketAddress(numeric: $0, port: port) }
        try await withLoop { loop in
            let client = HTTPClient(names: ["target.test": .addresses(addresses)], on: loop)
            let maker = Maker(probe, over: client)
            maker.passing = IPAddress("127.0.0.2")
            let prober = EveryAddressProber(of: several, made: maker, resolver: client.resolver)
            for number in 1...UInt64(3) {
                let outcome = await prober.run(number, timeout: .seconds(60), on: loop)
                #expect(outcome.verdict == .healthy)
                #expect(outcome.duration < .seconds(30))
            }
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("P5: with all, an address that is silent ends the run by its deadline")
    func deadline() async throws {
        let silent = ByteServer(.readRequest, .silence)
        defer { silent.stop() }
        let outcome = try #require(
            try await Self.outcomes(.all, of: ["127.0.0.1"], port: silent.port, timeout: .milliseconds(300)).first
        )
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.duration >= .milliseconds(290))
        #expect(
            outcome.message.hasPrefix("the only address does not pass: 127.0.0.1 (connected, but no answer within ")
        )
    }

    @Test("a name with more than 16 addresses: any takes the first, all is not decided")
    func tooMany() async throws {
        let server = Self.server()
        defer { server.stop() }
        let hosts = ["127.0.0.1"] + (2...17).map { "127.0.0.\($0)" }
        let any = try #require(try await Self.outcomes(.any, of: hosts, port: server.port).first)
        #expect(any.verdict == .healthy)
        let all = try #require(try await Self.outcomes(.all, of: hosts, port: server.port).first)
        #expect(all.verdict == .unknown && all.failure?.reason == .internal)
        #expect(all.message == "target.test has 17 addresses, of which 16 can be probed")
    }

    @Test("a name that cannot be resolved fails as dns; one that is not answered does by the deadline")
    func unresolved() async throws {
        let failure = ResolutionFailure(kind: .notFound, message: "name or service not known")
        let missing = try #require(try await Self.outcomes(.all, of: [], port: 80, fails: failure).first)
        #expect(missing.failure?.reason == .dns && missing.layer == .l4Connection)
        #expect(missing.message == "cannot resolve target.test: name or service not known")
        let late = try #require(try await Self.outcomes(.any, of: [], port: 80, timeout: .milliseconds(200)).first)
        #expect(late.failure?.reason == .dns && late.layer == .l4Timeout)
        #expect(late.message.hasPrefix("cannot resolve target.test: no answer within "))
        #expect(late.phases.dns != nil)
    }
}

/// Makes HTTP probers; one for `passing` passes whatever is there.
private final class Maker: PinnedProberMaker {
    private let probe: HTTPProbe
    private let client: HTTPClient
    var passing: IPAddress?

    init(_ probe: HTTPProbe, over client: HTTPClient) {
        self.probe = probe
        self.client = client
    }

    func prober(pinnedTo address: IPAddress, on loop: isolated EventLoop) -> any Prober {
        if address == passing { return Passing() }
        guard case .http(let pinned) = Probe.http(probe).pinned(to: address),
            let prober = try? HTTPProber(pinned, over: client.transport, on: loop)
        else { preconditionFailure("no prober for \(address)") }
        return prober
    }
}

private final class Passing: Prober {
    func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        let outcome = Outcome(verdict: .healthy, layer: .l7OK, startedAt: loop.now, duration: .milliseconds(1))
        observer.finished(run, with: outcome, on: loop)
    }

    func stop(on loop: isolated EventLoop) {}
}
