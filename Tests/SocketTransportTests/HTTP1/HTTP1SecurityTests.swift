// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

@Suite("HTTPS on sockets of our own")
struct HTTP1SecurityTests {
    private static let head = "HTTP/1.1 200 OK\r\n"
    private let way = Way(carrier: .sockets, isSecure: true)

    struct Ending: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let steps: [ByteServer.Step]
        /// nil = answered.
        let reason: FailureReason?
        var message: String?
        var layer = Layer.l7Response
        var phase = Phase.transfer
    }

    static let endings: [Ending] = [
        Ending(
            testDescription: "a body up to the connection's end, with TLS's farewell",
            steps: [.readRequest, .send(head + "\r\nall of it")],
            reason: nil
        ),
        Ending(
            testDescription: "a body up to the connection's end, without farewell",
            steps: [.readRequest, .send(head + "\r\nall of it"), .cut],
            reason: nil
        ),
        Ending(
            testDescription: "a whole answer without farewell",
            steps: [.readRequest, ByteServer.answer("ok"), .cut],
            reason: nil
        ),
        Ending(
            testDescription: "half a body, without farewell",
            steps: [.readRequest, .send(head + "Content-Length: 9\r\n\r\nabc"), .cut],
            reason: .protocolError,
            message: "the answer ended too early: 6 bytes are missing"
        ),
        Ending(
            testDescription: "half a body, with farewell",
            steps: [.readRequest, .send(head + "Content-Length: 9\r\n\r\nabc")],
            reason: .protocolError,
            message: "the answer ended too early: 6 bytes are missing"
        ),
        Ending(
            testDescription: "nothing, without farewell",
            steps: [.readRequest, .cut],
            reason: .protocolError,
            message: "connection closed without an answer",
            phase: .firstByte
        ),
        Ending(
            testDescription: "a reset within the body",
            steps: [
                .readRequest, .send(head + "Content-Length: 9\r\n\r\nabc"), .drip(" ", everyMilliseconds: 50), .reset,
            ],
            reason: .reset,
            message: "connection reset within the answer"
        ),
        Ending(
            testDescription: "bytes that are no record, within the answer",
            steps: [
                .readRequest, .send(head + "Content-Length: 9\r\n\r\nabc"),
                .sendBelow(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)), .silence,
            ],
            reason: .protocolError
        ),
        Ending(
            testDescription: "a record whose seal is broken, instead of an answer",
            steps: [.readRequest, .sendBelow([23, 3, 3, 0, 32] + [UInt8](repeating: 1, count: 32)), .silence],
            reason: .protocolError,
            phase: .firstByte
        ),
        Ending(
            testDescription: "an answer before the request",
            steps: [ByteServer.answer("ok"), .readRequest],
            reason: nil
        ),
        Ending(
            testDescription: "new keys before and within the answer",
            steps: [
                .renewKeys(3), .readRequest, .send(head + "Content-Length: 6\r\n\r\nabc"), .renewKeys(1), .send("def"),
                .silence,
            ],
            reason: nil
        ),
    ]

    @Test("how an answer over TLS ends is judged as libcurl judges it", arguments: endings, Carrier.allCases)
    func judged(_ ending: Ending, _ carrier: Carrier) async throws {
        let way = Way(carrier: carrier, isSecure: true)
        let server = way.server([ending.steps])
        defer { server.stop() }
        let fetched = try await way.fetch(way.request(server.port))
        #expect(fetched.reason == ending.reason, "\(fetched.message ?? "-")")
        guard ending.reason != nil else { return #expect(fetched.answer?.status == 200) }
        #expect(fetched.layer == ending.layer)
        #expect(fetched.result.tls?.isVerified == true)
        guard carrier == .sockets else { return }
        if let message = ending.message { #expect(fetched.message == message) }
        #expect(fetched.result.failure?.failure.evidence.phase == ending.phase)
        #expect(fetched.took < .seconds(20))
    }

    @Test("a peer that changes its keys without end is given up before the deadline")
    func endlessKeys() async throws {
        let server = way.server([[.readRequest, .renewKeys(100_000), .silence]])
        defer { server.stop() }
        let fetched = try await way.fetch(way.request(server.port), timeout: .seconds(60))
        #expect(fetched.reason == .protocolError)
        #expect(fetched.message == "TLS broke: more than 1048576 bytes that are no answer")
        #expect(fetched.took < .seconds(40))
    }

    @Test("new keys and tickets between exchanges leave a kept connection as it is")
    func keptThroughNewKeys() async throws {
        let answer = ByteServer.answer("ok")
        let server = way.server([[.readRequest, answer, .renewKeys(2), .readRequest, answer, .silence]])
        defer { server.stop() }
        let other = way.server([[.readRequest, answer]])
        defer { other.stop() }
        let (kept, unrelated) = (try way.request(server.port), try way.request(other.port))
        try await withLoop { loop in
            let client = HTTPClient(over: .sockets, on: loop)
            let exchange = client.transport.prepare(kept, on: loop)
            _ = await client.run(exchange, timeout: .seconds(30), on: loop)
            // Meanwhile the loop has something else to do, and hears of the new keys.
            for _ in 0..<3 {
                let meanwhile = await client.fetch(unrelated, timeout: .seconds(30), on: loop)
                #expect(meanwhile.answer?.status == 200)
            }
            let second = await client.run(exchange, timeout: .seconds(30), on: loop)
            #expect(second.answer?.status == 200)
            #expect(second.result.isReused)
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
        #expect(server.accepted == 1)
    }

    @Test("a server that chooses HTTP/2 is asked by libcurl, from then on at once, and nothing of ours stays open")
    func handOver() async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let secure = try way.request(nginx.securePort) { request in
            request.tls.authorityFile = authority
            request.headers = [HTTPField(name: "X-Probe", value: "1")]
        }
        try await withLoop { loop in
            let client = HTTPClient(over: .sockets, on: loop)
            let exchange = client.transport.prepare(secure, on: loop)
            let first = await client.run(exchange, timeout: .seconds(30), on: loop)
            #expect(first.answer?.version == "2")
            #expect(first.result.tls?.isVerified == true)
            #expect(loop.budget.held == 1)
            let second = await client.run(exchange, timeout: .seconds(30), on: loop)
            #expect(second.answer?.version == "2")
            #expect(second.result.isReused)
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("version 1.1 offers no HTTP/2, and a server that has it answers by 1.1")
    func noOffer() async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let secure = try way.request(nginx.securePort) { request in
            request.version = .http1
            request.tls.authorityFile = authority
        }
        let fetched = try await way.fetch(secure)
        #expect(fetched.answer?.version == "1.1")
    }

    @Test("a certificate that was found good is looked at anew when authorities, name or time have changed")
    func remembered() async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let file = TemporaryFile()
        defer { file.remove() }
        file.write(TemporaryFile.contents(of: authority))
        func secure(_ name: String?) throws -> HTTPRequest {
            try way.request(nginx.securePort) { request in
                request.version = .http1
                request.connection = .fresh
                request.tls.authorityFile = file.path
                request.tls.serverName = name
            }
        }
        let (named, misnamed) = (try secure("target.test"), try secure("wrong.test"))
        try await withLoop { loop in
            let client = HTTPClient(over: .sockets, on: loop)
            let exchange = client.transport.prepare(named, on: loop)
            let other = client.transport.prepare(misnamed, on: loop)
            for _ in 0..<3 {
                let passed = await client.run(exchange, timeout: .seconds(30), on: loop)
                #expect(passed.result.tls?.isVerified == true)
                #expect(passed.result.tls?.chain.map(\.subject) == ["CN=good", "CN=Bellwether test authority"])
                let refused = await client.run(other, timeout: .seconds(30), on: loop)
                #expect(refused.reason == .tlsHostname)
            }
            file.write(TemporaryFile.contents(of: FreshCertificates.authority))
            let refused = await client.run(exchange, timeout: .seconds(30), on: loop)
            #expect(refused.reason == .tlsUntrusted)
            exchange.close(on: loop)
            other.close(on: loop)
        }
    }
}
