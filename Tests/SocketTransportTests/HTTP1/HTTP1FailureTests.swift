// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

@Suite("Plain HTTP/1.1 that fails")
struct HTTP1FailureTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let steps: [ByteServer.Step]
        let reason: FailureReason
        let message: String
        let phase: Phase
        var excerpt: String?
    }

    static let head = "HTTP/1.1 200 OK\r\n"

    static let breaking: [Row] = [
        Row(
            testDescription: "closes without an answer",
            steps: [.readRequest],
            reason: .protocolError,
            message: "connection closed without an answer",
            phase: .firstByte
        ),
        Row(
            testDescription: "resets after the request",
            steps: [.readRequest, .reset],
            reason: .reset,
            message: "connection reset before an answer",
            phase: .firstByte
        ),
        Row(
            testDescription: "resets within the body",
            steps: [
                .readRequest, .send(head + "Content-Length: 9\r\n\r\nabc"), .drip(" ", everyMilliseconds: 50), .reset,
            ],
            reason: .reset,
            message: "connection reset within the answer",
            phase: .transfer,
            excerpt: "abc "
        ),
        Row(
            testDescription: "closes after half the body",
            steps: [.readRequest, .send(head + "Content-Length: 9\r\n\r\nabc")],
            reason: .protocolError,
            message: "the answer ended too early: 6 bytes are missing",
            phase: .transfer,
            excerpt: "abc"
        ),
        Row(
            testDescription: "closes within the fields",
            steps: [.readRequest, .send(head + "Content-Le")],
            reason: .protocolError,
            message: "the answer ended too early: within its header",
            phase: .transfer
        ),
        Row(
            testDescription: "sends a banner instead of HTTP",
            steps: [.readRequest, .send("220 mail.test ESMTP\r\n")],
            reason: .protocolError,
            message: "the answer is not HTTP/1 (no status line)",
            phase: .firstByte
        ),
        Row(
            testDescription: "breaks the chunked coding",
            steps: [.readRequest, .send(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n")],
            reason: .protocolError,
            message: "the answer broke off: broken chunked coding",
            phase: .transfer,
            excerpt: "hello"
        ),
        Row(
            testDescription: "sends a body without end",
            steps: [.readRequest, .send(head + "\r\n"), .flood(String(repeating: "b", count: 4_096))],
            reason: .tooLarge,
            message: "body longer than 1024 bytes",
            phase: .transfer,
            excerpt: String(repeating: "b", count: 200)
        ),
        Row(
            testDescription: "sends chunks of one byte without end",
            steps: [.readRequest, .send(head + "Transfer-Encoding: chunked\r\n\r\n"), .flood("1\r\nc\r\n")],
            reason: .tooLarge,
            message: "body longer than 1024 bytes",
            phase: .transfer,
            excerpt: String(repeating: "c", count: 200)
        ),
        Row(
            testDescription: "sends fields without end",
            steps: [.readRequest, .send(head), .flood("A: " + String(repeating: "x", count: 1_000) + "\r\n")],
            reason: .protocolError,
            message: "headers longer than 32768 bytes",
            phase: .transfer
        ),
        Row(
            testDescription: "sends one field line without end",
            steps: [.readRequest, .send(head + "A: "), .flood(String(repeating: "x", count: 4_096))],
            reason: .protocolError,
            message: "headers longer than 32768 bytes",
            phase: .transfer
        ),
        Row(
            testDescription: "sends a status line without end",
            steps: [.readRequest, .send("HTTP/1.1 200 "), .flood(String(repeating: "x", count: 4_096))],
            reason: .protocolError,
            message: "headers longer than 32768 bytes",
            phase: .firstByte
        ),
        Row(
            testDescription: "sends interim answers without end",
            steps: [.readRequest, .flood("HTTP/1.1 100 Continue\r\n\r\n")],
            reason: .protocolError,
            message: "headers longer than 32768 bytes",
            phase: .firstByte
        ),
    ]

    @Test("a broken answer has its reason, layer and evidence, long before the deadline", arguments: breaking)
    func broken(_ row: Row) async throws {
        let server = ByteServer([row.steps])
        defer { server.stop() }
        let limited = try plainRequest(server.port) { $0.maximumBodyBytes = 1_024 }
        let fetched = try await fetchPlain(limited, timeout: .seconds(20))
        let failure = try #require(fetched.result.failure)
        #expect(failure.failure.reason == row.reason)
        #expect(failure.layer == .l7Response)
        #expect(failure.failure.message == row.message)
        #expect(failure.failure.evidence.phase == row.phase)
        #expect(failure.failure.evidence.excerpt == row.excerpt)
        #expect(fetched.took < .seconds(10))
    }

    static let trickling: [Row] = [
        Row(
            testDescription: "accepts and says nothing",
            steps: [.readRequest, .silence],
            reason: .timeout,
            message: "connected, but no answer within 1s",
            phase: .firstByte
        ),
        Row(
            testDescription: "sends the status line byte by byte",
            steps: [.readRequest, .drip(head + "\r\n", everyMilliseconds: 200)],
            reason: .timeout,
            message: "connected, but no answer within 1s",
            phase: .firstByte
        ),
        Row(
            testDescription: "sends a body byte by byte",
            steps: [.readRequest, .send(head + "\r\n"), .drip("0123456789", everyMilliseconds: 200)],
            reason: .timeout,
            message: "answer not complete within 1s",
            phase: .transfer
        ),
    ]

    @Test("P5: an exchange ends by its deadline, whatever trickles in", arguments: trickling)
    func slow(_ row: Row) async throws {
        let server = ByteServer([row.steps])
        defer { server.stop() }
        let fetched = try await fetchPlain(plainRequest(server.port), timeout: .seconds(1))
        let failure = try #require(fetched.result.failure)
        #expect(failure.failure.reason == row.reason)
        #expect(failure.layer == .l7Timeout)
        #expect(failure.failure.message == row.message)
        #expect(failure.failure.evidence.phase == row.phase)
        #expect(fetched.took >= .seconds(1))
    }

    @Test("a port where nobody listens is refused at once")
    func refused() async throws {
        let (socket, port) = LocalSocket.bound(backlog: nil)
        defer { close(socket) }
        let fetched = try await fetchPlain(plainRequest(port), timeout: .seconds(20))
        #expect(fetched.reason == .refused)
        #expect(fetched.layer == .l4Connection)
        #expect(fetched.message == "127.0.0.1:\(port) refused the connection")
        #expect(fetched.result.failure?.failure.evidence.systemError?.code == ECONNREFUSED)
        #expect(fetched.result.address == "127.0.0.1:\(port)")
        #expect(fetched.took < .seconds(10))
    }

    @Test("without a descriptor in the budget it is our own failure, and the budget stays whole")
    func budget() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let fetched = try await fetchPlain(plainRequest(server.port), descriptorLimit: 0)
        #expect(fetched.reason == .internal)
        #expect(server.accepted == 0)
    }

    @Test("a name that does not exist fails as dns, a resolver that never answers by the deadline")
    func names() async throws {
        let named = try plainRequest(80, host: "target.test")
        let missing = ResolutionAnswer.failed(ResolutionFailure(kind: .notFound, message: "no such name"))
        let first = try await fetchPlain(named, names: ["target.test": missing])
        #expect(first.reason == .dns && first.layer == .l4Connection)
        #expect(first.message == "cannot resolve target.test: no such name")
        let second = try await fetchPlain(named, timeout: .seconds(1))
        #expect(second.reason == .dns && second.layer == .l4Timeout)
        #expect(second.message?.hasPrefix("cannot resolve target.test: no answer within 1") == true)
    }

    @Test("a kept connection is given up when its address no longer belongs to the name, or nobody knows")
    func movedName() async throws {
        let answer = ByteServer.answer("ok")
        let server = ByteServer(.readRequest, answer, .readRequest, answer, .readRequest, answer)
        defer { server.stop() }
        let named = try plainRequest(server.port, host: "target.test")
        try await withLoop { loop in
            let client = HTTPClient(names: ["target.test": loopbackAnswer(server.port)], on: loop)
            let exchange = prepared(named, client, on: loop)
            let before = await client.run(exchange, on: loop)
            #expect(before.answer?.status == 200)
            let again = await client.run(exchange, on: loop)
            #expect(again.result.isReused)
            let elsewhere = SocketAddress(bytes: [127, 0, 0, 3], port: server.port)
            client.resolver.names["target.test"] = .addresses([elsewhere])
            let after = await client.run(exchange, on: loop)
            #expect(after.reason == .refused)
            #expect(after.result.address == "127.0.0.3:\(server.port)")
            client.resolver.names["target.test"] = loopbackAnswer(server.port)
            _ = await client.run(exchange, on: loop)
            client.resolver.names = [:]
            let unknown = await client.run(exchange, timeout: .seconds(1), on: loop)
            #expect(unknown.reason == .dns)
            #expect(unknown.message?.hasPrefix("cannot resolve target.test: no answer within 1") == true)
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("when the first of several addresses refuses, the next one is tried")
    func severalAddresses() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let named = try plainRequest(server.port, host: "target.test")
        let addresses = ResolutionAnswer.addresses([
            SocketAddress(bytes: [127, 0, 0, 2], port: server.port),
            SocketAddress(bytes: [127, 0, 0, 1], port: server.port),
        ])
        let fetched = try await fetchPlain(named, names: ["target.test": addresses])
        #expect(fetched.answer?.status == 200)
        #expect(fetched.result.address == "127.0.0.1:\(server.port)")
    }
}
