// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

/// What a server does, and what an exchange must make of it.
struct HostileCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let steps: [ByteServer.Step]
    let reason: FailureReason
    let layer: Layer
    let message: String
    let phase: Phase
    var excerpt: String?

    init(
        _ description: String,
        _ steps: [ByteServer.Step],
        _ reason: FailureReason,
        _ layer: Layer,
        _ message: String,
        in phase: Phase,
        excerpt: String? = nil
    ) {
        testDescription = description
        self.steps = steps
        self.reason = reason
        self.layer = layer
        self.message = message
        self.phase = phase
        self.excerpt = excerpt
    }

    static let head = "HTTP/1.1 200 OK\r\n"

    static let broken: [HostileCase] = [
        HostileCase(
            "closes without an answer",
            [.readRequest],
            .protocolError,
            .l7Response,
            "connection closed without an answer",
            in: .firstByte
        ),
        HostileCase(
            "resets after the request",
            [.readRequest, .reset],
            .reset,
            .l7Response,
            "connection reset before an answer",
            in: .firstByte
        ),
        HostileCase(
            "resets within the body",
            [.readRequest, .send(head + "Content-Length: 9\r\n\r\nabc"), .drip(" ", everyMilliseconds: 50), .reset],
            .reset,
            .l7Response,
            "connection reset within the answer",
            in: .transfer,
            excerpt: "abc "
        ),
        HostileCase(
            "closes after half the body",
            [.readRequest, .send(head + "Content-Length: 9\r\n\r\nabc")],
            .protocolError,
            .l7Response,
            "the answer ended too early: transfer closed with 6 bytes remaining to read",
            in: .transfer,
            excerpt: "abc"
        ),
        HostileCase(
            "closes within the fields",
            [.readRequest, .send(head + "Content-Le")],
            .protocolError,
            .l7Response,
            "the answer ended too early: Transferred a partial file",
            in: .transfer
        ),
        HostileCase(
            "sends a banner instead of HTTP",
            [.readRequest, .send("220 mail.test ESMTP\r\n")],
            .protocolError,
            .l7Response,
            "the answer is not HTTP/1 (no status line)",
            in: .firstByte
        ),
        HostileCase(
            "sends garbage",
            [.readRequest, .sendBytes([0, 1, 2, 255, 254, 10])],
            .protocolError,
            .l7Response,
            "the answer is not HTTP/1 (no status line)",
            in: .firstByte
        ),
        HostileCase(
            "sends a NUL within a field",
            [.readRequest, .sendBytes(Array(head.utf8) + Array("X: a\0b\r\n\r\n".utf8))],
            .protocolError,
            .l7Response,
            "the answer breaks the protocol: Nul byte in header",
            in: .transfer
        ),
        HostileCase(
            "breaks the chunked coding",
            [.readRequest, .send(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n")],
            .protocolError,
            .l7Response,
            "the answer broke off: Illegal or missing hexadecimal sequence in chunked-encoding",
            in: .transfer,
            excerpt: "hello"
        ),
        HostileCase(
            "sends a body one byte too long",
            [.readRequest, .send(head + "Content-Length: 1025\r\n\r\n" + String(repeating: "a", count: 1_025))],
            .tooLarge,
            .l7Response,
            "body longer than 1024 bytes",
            in: .transfer,
            excerpt: String(repeating: "a", count: 200)
        ),
        HostileCase(
            "sends a body without end",
            [.readRequest, .send(head + "\r\n"), .flood(String(repeating: "b", count: 4_096))],
            .tooLarge,
            .l7Response,
            "body longer than 1024 bytes",
            in: .transfer,
            excerpt: String(repeating: "b", count: 200)
        ),
        HostileCase(
            "sends chunks of one byte without end",
            [.readRequest, .send(head + "Transfer-Encoding: chunked\r\n\r\n"), .flood("1\r\nc\r\n")],
            .tooLarge,
            .l7Response,
            "body longer than 1024 bytes",
            in: .transfer,
            excerpt: String(repeating: "c", count: 200)
        ),
        HostileCase(
            "sends fields without end",
            [.readRequest, .send(head), .flood("A: " + String(repeating: "x", count: 1_000) + "\r\n")],
            .protocolError,
            .l7Response,
            "headers longer than 32768 bytes",
            in: .transfer
        ),
        HostileCase(
            "sends a hundred fields and one",
            [.readRequest, .send(head), .flood("A: b\r\n")],
            .protocolError,
            .l7Response,
            "more than 100 header fields",
            in: .transfer
        ),
        HostileCase(
            "sends one field line without end",
            [.readRequest, .send(head + "A: "), .flood(String(repeating: "x", count: 4_096))],
            .protocolError,
            .l7Response,
            "a header line is too long",
            in: .transfer
        ),
        HostileCase(
            "sends interim answers without end",
            [.readRequest, .flood("HTTP/1.1 100 Continue\r\n\r\n")],
            .protocolError,
            .l7Response,
            "headers longer than 32768 bytes",
            in: .transfer
        ),
    ]

    static let slow: [HostileCase] = [
        HostileCase(
            "accepts and says nothing",
            [.readRequest, .silence],
            .timeout,
            .l7Timeout,
            "connected, but no answer within ",
            in: .firstByte
        ),
        HostileCase(
            "sends the status line byte by byte",
            [.readRequest, .drip(head + "\r\n", everyMilliseconds: 50)],
            .timeout,
            .l7Timeout,
            "connected, but no answer within ",
            in: .firstByte
        ),
        HostileCase(
            "sends a body byte by byte",
            [.readRequest, .send(head + "\r\n"), .drip("0123456789", everyMilliseconds: 50)],
            .timeout,
            .l7Timeout,
            "answer not complete within ",
            in: .transfer,
            excerpt: "012345"
        ),
        HostileCase(
            "sends chunks slowly",
            [
                .readRequest, .send(head + "Transfer-Encoding: chunked\r\n\r\n"),
                .drip("1\r\na\r\n1\r\nb\r\n", everyMilliseconds: 50),
            ],
            .timeout,
            .l7Timeout,
            "answer not complete within ",
            in: .transfer
        ),
    ]
}

@Suite("Hostile HTTP servers")
struct HostileServerTests {
    @Test("a broken answer has its reason, layer and evidence, long before the deadline", arguments: HostileCase.broken)
    func broken(_ hostile: HostileCase) async throws {
        let server = ByteServer([hostile.steps])
        defer { server.stop() }
        let limited = try request(server.port) { $0.maximumBodyBytes = 1_024 }
        let fetched = try await fetchOnce(limited, timeout: .seconds(20))
        let failure = try #require(fetched.result.failure)
        #expect(failure.failure.reason == hostile.reason)
        #expect(failure.layer == hostile.layer)
        #expect(failure.failure.message == hostile.message)
        #expect(failure.failure.evidence.phase == hostile.phase)
        #expect(failure.failure.evidence.excerpt == hostile.excerpt)
        #expect(fetched.took < .seconds(10))
    }

    @Test("P5: an exchange ends by its deadline, whatever trickles in", arguments: HostileCase.slow)
    func slow(_ hostile: HostileCase) async throws {
        let server = ByteServer([hostile.steps])
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port), timeout: .milliseconds(300))
        let failure = try #require(fetched.result.failure)
        #expect(failure.failure.reason == hostile.reason)
        #expect(failure.layer == hostile.layer)
        #expect(failure.failure.message.hasPrefix(hostile.message))
        #expect(failure.failure.evidence.phase == hostile.phase)
        #expect(fetched.took >= .milliseconds(300))
        #expect(fetched.took <= .milliseconds(550))
    }
}
