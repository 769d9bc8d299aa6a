// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import HealthServer

@Suite("Signs of life of a stream")
struct HeartbeatTests {
    @Test("an idle stream of server-sent events has a comment every fifteen seconds, and is not closed for that")
    func comments() throws {
        let connection = try EmbeddedConnection()
        let opening = try connection.receive("GET /api/v1/events HTTP/1.0\r\nHost: localhost\r\n\r\n")
        #expect(opening.hasSuffix("retry: 2000\n\n"))
        #expect(try connection.pass(.seconds(14)) == "")
        #expect(try connection.pass(.seconds(1)) == ": alive\n\n")
        #expect(try connection.pass(.seconds(150)) == String(repeating: ": alive\n\n", count: 10))
        #expect(connection.isOpen)
    }

    @Test("a WebSocket is pinged every fifteen seconds, and closed when two pings stay unanswered")
    func pings() throws {
        let connection = try EmbeddedConnection()
        let answer = try connection.receive(
            """
            GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
            """
        )
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        #expect(try connection.pass(.seconds(15)).count == 2)
        try connection.receive([0x8A, 0x80, 0, 0, 0, 0])
        #expect(try connection.pass(.seconds(30)).count == 4)
        #expect(connection.isOpen)
        _ = try connection.pass(.seconds(15))
        #expect(!connection.isOpen)
    }
}
