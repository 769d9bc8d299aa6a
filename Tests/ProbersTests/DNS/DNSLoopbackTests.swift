// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import Probers

@Suite("DNSProber on loopback")
struct DNSLoopbackTests {
    private static let id: UInt16 = 0x1234
    private static let query: [UInt8] = {
        guard let name = try? DNSName("www.example.org") else { preconditionFailure("a legal name was refused") }
        return DNSQuery(name: name, type: .a, recursion: true, extended: true).message(id: id)
    }()
    private static let long = DNSReply(answers: (0..<200).map { DNSReply.Record(data: [192, 0, 2, UInt8($0)]) })
    private static let truncated = DNSReply(flags: 0x8380)

    /// One real run over real sockets.
    private static func run(
        port: UInt16,
        transport: DNSTransport = .udp,
        timeout: Duration = .seconds(20)
    ) async throws -> Outcome {
        let probe = DNSProbe(
            name: try DNSName("www.example.org"),
            server: try HostPort("127.0.0.1:\(port)"),
            transport: transport
        )
        return try await withLoop { loop in
            let outcome = try await loop.outcome(of: probe, id: id, timeout: timeout)
            let held = loop.budget.held
            #expect(held == 0)
            return outcome
        }
    }

    /// A message with its length in front.
    private static func framed(_ reply: DNSReply) -> [UInt8] {
        let bytes = reply.bytes(to: query)
        return DNSReply.pair(UInt16(bytes.count)) + bytes
    }

    @Test("a datagram is answered by a datagram")
    func datagram() async throws {
        let server = PacketServer { [DNSReply.address.bytes(to: $0)] }
        defer { server.stop() }
        let outcome = try await Self.run(port: server.port)
        #expect(outcome.verdict == .healthy)
        #expect(outcome.address == "127.0.0.1:\(server.port)")
    }

    @Test("a port where nobody listens is refused long before the timeout")
    func refused() async throws {
        let bound = try Listener("127.0.0.1")
        let outcome = try await Self.run(port: bound.port)
        #expect(outcome.failure?.reason == .refused)
        #expect(outcome.failure?.evidence.systemError?.code == ECONNREFUSED)
        #expect(outcome.duration < .seconds(10))
    }

    @Test("D2: an answer that is truncated is asked for again over TCP, in the same run")
    func truncatedAnswer() async throws {
        let stream = ByteServer(.readSomething, .sendBytes(Self.framed(Self.long)), .silence)
        defer { stream.stop() }
        let server = PacketServer(port: stream.port) { [Self.truncated.bytes(to: $0)] }
        defer { server.stop() }
        let outcome = try await Self.run(port: stream.port)
        #expect(outcome.verdict == .healthy)
        guard case .dns(let facts) = outcome.observed.facts else { Issue.record("no facts"); return }
        #expect(facts.transport == .tcp)
        #expect(facts.answerCount == 200)
        #expect(facts.answers.count == DNSFacts.mostAnswers)
        #expect(outcome.phases.connect != nil)
    }

    @Test("an answer over TCP is taken in whatever pieces it comes")
    func pieces() async throws {
        let bytes = Self.framed(.address)
        let steps: [ByteServer.Step] = [.readSomething] + bytes.map { .sendBytes([$0]) } + [.silence]
        let server = ByteServer([steps])
        defer { server.stop() }
        #expect(try await Self.run(port: server.port, transport: .tcp).verdict == .healthy)
    }

    @Test(
        "what a server over TCP does wrong is named",
        arguments: [
            ([], .protocolError, "the server closed the connection without an answer"),
            ([.sendBytes([0])], .protocolError, "the server closed the connection without an answer"),
            ([.sendBytes([0, 20, 1, 2])], .protocolError, "the server closed the connection after 2 of 20 bytes"),
            ([.sendBytes([0, 0]), .silence], .protocolError, "got an answer with another identifier"),
            (
                [.sendBytes([0, 2, 0x12, 0x34]), .silence], .protocolError,
                "not a DNS message: 2 bytes, less than a header"
            ),
            ([.sendBytes(framed(truncated)), .silence], .protocolError, "the answer is truncated even over TCP"),
            (
                [.sendBytes(framed(DNSReply(answers: [.init()], idOffset: 1))), .silence], .protocolError,
                "got an answer with another identifier"
            ),
            ([.reset], .reset, "the server reset the connection"),
        ] as [([ByteServer.Step], FailureReason, String)]
    )
    func brokenStream(steps: [ByteServer.Step], reason: FailureReason, message: String) async throws {
        let server = ByteServer([[.readSomething] + steps])
        defer { server.stop() }
        let outcome = try await Self.run(port: server.port, transport: .tcp)
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.failure?.reason == reason)
        #expect(outcome.message == message)
    }

    @Test("a server over TCP that accepts and says nothing has timed out at the deadline")
    func silentStream() async throws {
        let server = ByteServer(.silence)
        defer { server.stop() }
        let outcome = try await Self.run(port: server.port, transport: .tcp, timeout: .milliseconds(300))
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l7Timeout)
        #expect(outcome.duration >= .milliseconds(300))
    }
}

extension EventLoop {
    fileprivate func outcome(of probe: DNSProbe, id: UInt16, timeout: Duration) async throws -> Outcome {
        let resolver = try SystemResolver()
        let configuration = ResolverConfiguration(files: SystemFiles())
        let prober = try DNSProber(
            probe,
            resolver: resolver,
            configuration: configuration,
            identifiers: { id }
        )
        let outcome = await run(prober, timeLimit: timeout)
        prober.stop(on: self)
        resolver.stop(on: self)
        return outcome
    }
}
