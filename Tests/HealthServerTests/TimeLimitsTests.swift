// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOEmbedded
import Testing

@testable import HealthServer

@Suite("Time limits of a connection")
struct TimeLimitsTests {
    static let plain = "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("fields that do not end in time get 408, however slowly they drip")
    func slowFields() throws {
        let connection = try EmbeddedConnection()
        for byte in "GET /r".utf8 {
            #expect(try connection.receive([byte]).isEmpty)
            #expect(try connection.pass(.milliseconds(800)).isEmpty)
        }
        let answer = try connection.pass(.milliseconds(1_500))
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(!connection.isOpen)
        #expect(connection.counters.headerTimeouts == 1)
    }

    @Test("a connection that never asks is closed without a word")
    func silent() throws {
        let connection = try EmbeddedConnection()
        #expect(try connection.pass(.seconds(4)).isEmpty)
        #expect(connection.isOpen)
        #expect(try connection.pass(.seconds(3)).isEmpty)
        #expect(!connection.isOpen)
        #expect(connection.counters.headerTimeouts == 1)
    }

    @Test("an idle connection is kept for its time, counted from its last answer")
    func idle() throws {
        let connection = try EmbeddedConnection()
        try connection.receive(Self.plain)
        _ = try connection.pass(.seconds(50))
        try connection.receive(Self.plain)
        _ = try connection.pass(.seconds(50))
        #expect(connection.isOpen)
        _ = try connection.pass(.seconds(12))
        #expect(!connection.isOpen)
        #expect(connection.counters.idleTimeouts == 1)
    }

    @Test("a request that begins after a long idle time has its full time")
    func slowAfterIdle() throws {
        let connection = try EmbeddedConnection()
        try connection.receive(Self.plain)
        _ = try connection.pass(.seconds(58))
        try connection.receive("GET ")
        _ = try connection.pass(.seconds(4))
        #expect(connection.isOpen)
        #expect(try connection.receive(Self.plain.dropFirst(4).utf8).hasPrefix("HTTP/1.1 "))
    }

    @Test("an unfinished head keeps little more memory than it has bytes")
    func memory() throws {
        let connection = try EmbeddedConnection()
        var large = ByteBufferAllocator().buffer(capacity: 4_096)
        large.writeString("GET ")
        try connection.channel.writeInbound(large)
        #expect(connection.gate.heldBytes <= 64)
        for byte in String(repeating: "a", count: 1_000).utf8 { try connection.receive([byte]) }
        #expect(connection.gate.heldBytes <= 4_096)
    }
}
