// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Events over WebSocket")
struct WebSocketEventsTests {
    private static let handshake = """
        Host: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n
        """

    private func connect(_ server: RunningServer, _ fields: String = "", query: String = "") throws -> RawClient {
        let client = try RawClient(server.address)
        client.send("GET /api/v1/events\(query) HTTP/1.1\r\n\(Self.handshake)\(fields)\r\n")
        return client
    }

    /// One unmasked frame of at most 64 KiB.
    private func frame(_ client: RawClient) throws -> (opcode: UInt8, payload: [UInt8]) {
        let head = try client.receive(exactly: 2)
        var length = Int(head[1])
        if length == 126 {
            let extended = try client.receive(exactly: 2)
            length = Int(extended[0]) << 8 | Int(extended[1])
        }
        return (head[0], try client.receive(exactly: length))
    }

    /// A masked frame with a short payload.
    private func masked(_ opcode: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        return [opcode, 0x80 | UInt8(payload.count)] + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    @Test("the handshake is RFC 6455's, and every change is a text frame")
    func handshake() async throws {
        try await RunningServer.run { server in
            await server.publish(Changes.opened(1))
            let client = try connect(server, "Origin: http://localhost\r\n", query: "?since=0")
            let answer = try client.receive(until: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            let (opcode, payload) = try frame(client)
            #expect(opcode == 0x81)
            #expect(String(decoding: payload, as: UTF8.self) == Changes.json(1))
        }
    }

    @Test("a ping is answered with its own bytes, and a close with its own code")
    func pingAndClose() async throws {
        try await RunningServer.run { server in
            let client = try connect(server)
            _ = try client.receive(until: "\r\n\r\n")
            client.send(bytes: masked(0x89, [7, 8, 9]))
            #expect(try frame(client) == (0x8A, [7, 8, 9]))
            client.send(bytes: masked(0x81, Array("hello".utf8)) + masked(0x88, [0x03, 0xE8]))
            #expect(try frame(client) == (0x88, [0x03, 0xE8]))
            #expect(try client.receiveAll() == "")
        }
    }

    @Test(
        "whatever breaks the protocol ends the connection with its code",
        arguments: [
            ([0x81, 0x01, 0x41], 1_002),
            ([0xC1, 0x80, 1, 2, 3, 4], 1_002),
            ([0x83, 0x80, 1, 2, 3, 4], 1_002),
            ([0x09, 0x80, 1, 2, 3, 4], 1_002),
            ([0x82, 0xFE, 0x20, 0x00, 1, 2, 3, 4], 1_009),
        ] as [([UInt8], Int)]
    )
    func broken(bytes: [UInt8], code: Int) async throws {
        try await RunningServer.run { server in
            let client = try connect(server)
            _ = try client.receive(until: "\r\n\r\n")
            client.send(bytes: bytes)
            let (opcode, payload) = try frame(client)
            #expect(opcode == 0x88)
            #expect(payload == [UInt8(code >> 8), UInt8(code & 0xFF)])
            client.endSending()
            #expect(try client.receiveAll() == "")
        }
    }

    @Test("draining ends with a last message and close code 1001")
    func draining() async throws {
        try await RunningServer.run { server in
            let client = try connect(server)
            _ = try client.receive(until: "\r\n\r\n")
            server.server.drain()
            await server.publish(Changes.draining(1))
            #expect(try frame(client).opcode == 0x81)
            #expect(try frame(client) == (0x81, Array("{\"draining\":true}".utf8)))
            #expect(try frame(client) == (0x88, [0x03, 0xE9]))
        }
    }

    @Test(
        "a handshake that is none is refused",
        arguments: [
            ("Origin: https://evil.example\r\n", "", "", 403),
            ("", "Upgrade: websocket", "Upgrade: h2c", 400),
            ("", "keep-alive, Upgrade", "keep-alive", 400),
            ("", "Version: 13", "Version: 8", 426),
            ("", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ==", 400),
            ("", "Host: localhost", "Host: rebound.example", 403),
        ]
    )
    func refused(fields: String, what: String, instead: String, code: Int) async throws {
        try await RunningServer.run { server in
            var handshake = Self.handshake
            if let place = handshake.firstRange(of: what), !what.isEmpty {
                handshake.replaceSubrange(place, with: instead)
            }
            let response = try server.ask("GET /api/v1/events HTTP/1.1\r\n\(handshake)\(fields)\r\n")
            #expect(response.code == code)
            if code == 426 { #expect(response.fields["sec-websocket-version"] == "13") }
        }
    }
}
