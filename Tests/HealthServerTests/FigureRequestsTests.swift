// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import Synchronization
import Testing

@testable import HealthServer

@Suite("FigureRequests")
struct FigureRequestsTests {
    /// A server whose snapshots may have figures of old, and how often it has asked for others.
    private final class Server {
        let clock = StillClock()
        let asked = Requests()
        let connection: EmbeddedConnection
        private var sequence: UInt64 = 1

        init() throws {
            let (clock, asked) = (clock, asked)
            let snapshot = Snapshots.healthy(clock: clock)
            connection = try EmbeddedConnection(clock: clock, snapshot: snapshot, askForFigures: { asked.add() })
        }

        func get(_ path: String) throws -> String { try connection.receive("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n") }

        /// Publishes a snapshot whose figures are so old.
        func publish(figuresOf age: Duration) throws -> String {
            sequence += 1
            var snapshot = Snapshots.healthy(clock: clock, sequence: sequence)
            snapshot.figuresAt = clock.now.advanced(by: .zero - age)
            connection.core.publish(snapshot)
            return try connection.receive("")
        }
    }

    private final class Requests: Sendable {
        private let total = Atomic(0)
        var count: Int { total.load(ordering: .relaxed) }
        func add() { total.add(1, ordering: .relaxed) }
    }

    @Test("figures younger than a second are shown at once")
    func fresh() throws {
        let server = try Server()
        server.clock.advance(by: .milliseconds(999))
        #expect(try server.get("/api/v1/targets").hasPrefix("HTTP/1.1 200 "))
        #expect(server.asked.count == 0)
    }

    @Test(
        "for older ones the loop is asked, and what it publishes then is shown",
        arguments: [
            "/metrics", "/api/v1/targets", "/api/v1/targets/db", "/api/v1/health", "/health", "/health/targets/db",
        ]
    )
    func old(path: String) throws {
        let server = try Server()
        server.clock.advance(by: .seconds(1))
        #expect(try server.get(path) == "")
        #expect(server.asked.count == 1)
        #expect(try server.publish(figuresOf: .seconds(1)) == "")
        #expect(try server.publish(figuresOf: .zero).hasPrefix("HTTP/1.1 200 "))
        #expect(server.asked.count == 1)
    }

    @Test(
        "what shows none waits for none",
        arguments: ["/readyz", "/readyz?verbose", "/livez", "/startupz", "/health?format=text", "/api/v1/openapi.json"]
    )
    func withoutFigures(path: String) throws {
        let server = try Server()
        server.clock.advance(by: .seconds(10))
        #expect(try server.get(path).hasPrefix("HTTP/1.1 200 "))
        #expect(server.asked.count == 0)
    }

    @Test("a target that does not exist is not waited for")
    func unknown() throws {
        let server = try Server()
        server.clock.advance(by: .seconds(10))
        #expect(try server.get("/api/v1/targets/nobody").hasPrefix("HTTP/1.1 404 "))
        #expect(server.asked.count == 0)
    }

    @Test("where the loop does not answer, what there is is shown after half a second, and nobody waits until it does")
    func hanging() throws {
        let server = try Server()
        server.clock.advance(by: .seconds(10))
        #expect(try server.get("/api/v1/targets") == "")
        #expect(try server.connection.pass(.milliseconds(499)) == "")
        #expect(try server.connection.pass(.milliseconds(1)).hasPrefix("HTTP/1.1 200 "))
        server.clock.advance(by: .seconds(2))
        #expect(try server.get("/api/v1/targets").hasPrefix("HTTP/1.1 200 "))
        #expect(server.asked.count == 1)
        _ = try server.publish(figuresOf: .seconds(12))
        #expect(try server.get("/api/v1/targets") == "")
        #expect(server.asked.count == 2)
    }

    @Test("who leaves while waiting disturbs nobody")
    func left() throws {
        let server = try Server()
        server.clock.advance(by: .seconds(10))
        #expect(try server.get("/metrics") == "")
        server.connection.gate.closeNow()
        _ = try server.publish(figuresOf: .zero)
        #expect(!server.connection.isOpen)
    }
}
