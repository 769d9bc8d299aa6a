// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Server-sent events")
struct ServerSentEventsTests {
    private func subscribe(
        _ server: RunningServer,
        _ target: String = "/api/v1/events",
        _ fields: String = ""
    ) throws
        -> RawClient
    {
        let client = try RawClient(server.address)
        client.send("GET \(target) HTTP/1.0\r\nHost: localhost\r\n\(fields)\r\n")
        return client
    }

    @Test("a subscriber is sent every change, with its number, in the contract's form")
    func everyChange() async throws {
        try await RunningServer.run { server in
            let client = try subscribe(server)
            #expect(try client.receive(until: "\r\n\r\n").contains("Content-Type: text/event-stream\r\n"))
            #expect(try client.receive(until: "\n\n") == "retry: 2000\n\n")
            await server.publish(Changes.opened(1), Changes.opened(2))
            #expect(try client.receive(until: "\n\n") == "id: 1\ndata: \(Changes.json(1))\n\n")
            #expect(try client.receive(until: "\n\n") == "id: 2\ndata: \(Changes.json(2))\n\n")
        }
    }

    @Test("an HTTP/1.1 client gets the same in chunks")
    func chunks() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(server.address)
            client.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try client.receive(until: "\r\n\r\n").contains("transfer-encoding: chunked"))
            #expect(try client.receive(until: "\n\n\r\n") == "d\r\nretry: 2000\n\n\r\n")
        }
    }

    @Test(
        "a client that comes back is sent what it missed",
        arguments: [("?since=1", ""), ("", "Last-Event-ID: 1\r\n"), ("?since=0", "Last-Event-ID: 1\r\n")]
    )
    func replay(query: String, fields: String) async throws {
        try await RunningServer.run { server in
            await server.publish(Changes.opened(1), Changes.opened(2), Changes.opened(3))
            let client = try subscribe(server, "/api/v1/events" + query, fields)
            _ = try client.receive(until: "retry: 2000\n\n")
            #expect(try client.receive(until: "\n\n").hasPrefix("id: 2\n"))
            #expect(try client.receive(until: "\n\n").hasPrefix("id: 3\n"))
        }
    }

    @Test("a client that asks for what is gone is told how much it missed")
    func gone() async throws {
        try await RunningServer.run { server in
            // In steps, so that none is lost before the server has taken it over.
            for batch in 0..<10 {
                for step in 1...200 { server.server.publish(Changes.opened(UInt64(batch * 200 + step))) }
                _ = await server.server.counters()
            }
            let client = try subscribe(server, "/api/v1/events?since=5")
            _ = try client.receive(until: "retry: 2000\n\n")
            let notice = try client.receive(until: "\n\n")
            #expect(notice.hasPrefix("event: missed\ndata: {\"missed\":"))
            let first = try client.receive(until: "\n\n")
            let missed = try #require(Int(notice.filter(\.isNumber)))
            #expect(first.hasPrefix("id: \(missed + 6)\n"))
        }
    }

    @Test("a number of an earlier run is answered with all there is")
    func earlierRun() async throws {
        try await RunningServer.run { server in
            await server.publish(Changes.opened(1))
            let client = try subscribe(server, "/api/v1/events?since=900")
            _ = try client.receive(until: "retry: 2000\n\n")
            #expect(try client.receive(until: "\n\n") == "event: missed\ndata: {\"missed\":null}\n\n")
            #expect(try client.receive(until: "\n\n").hasPrefix("id: 1\n"))
        }
    }

    @Test("draining ends a stream with the change that says so and a last event")
    func draining() async throws {
        try await RunningServer.run { server in
            let client = try subscribe(server)
            _ = try client.receive(until: "retry: 2000\n\n")
            server.server.drain()
            await server.publish(Changes.draining(1))
            let rest = try client.receiveAll()
            #expect(rest.hasPrefix("id: 1\n"))
            #expect(rest.hasSuffix("event: draining\ndata: {\"draining\":true}\n\n"))
            #expect(try server.get("/api/v1/events", fields: "Host: localhost\r\n").code == 400)
            #expect(try server.ask("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n").code == 503)
        }
    }

    @Test("a client that does not read keeps nobody waiting, and what it misses is bounded by its connection")
    func slowClient() async throws {
        // It would be cut off for not reading; here it is to come back to what it missed, however slow the machine is.
        var limits = ServerLimits()
        limits.writeTimeout = .seconds(600)
        try await RunningServer.run(limits: limits) { server in
            let slow = try subscribe(server)
            let quick = try subscribe(server)
            _ = try slow.receive(until: "retry: 2000\n\n")
            _ = try quick.receive(until: "retry: 2000\n\n")
            // Far more than the kernel's buffers and ours take, in steps that the quick one keeps up with.
            let reason = String(repeating: "x", count: 1_000)
            for batch in 0..<50 {
                for step in 1...200 {
                    server.server.publish(Changes.opened(UInt64(batch * 200 + step), reason: reason))
                }
                _ = await server.server.counters()
                _ = try quick.receive(until: "\"sequence\":\(batch * 200 + 200)}\n\n")
            }
            let all = try slow.receive(until: "event: missed\ndata: {\"missed\":")
            #expect(all.hasPrefix("id: 1\n"))
            _ = try slow.receive(until: "\"sequence\":10000}\n\n")
        }
    }

    @Test("there is room for 32 subscribers, and for another when one has gone")
    func room() async throws {
        try await RunningServer.run { server in
            var clients = try (0..<EventHub.maximumSubscribers).map { _ in try subscribe(server) }
            for client in clients { _ = try client.receive(until: "retry: 2000\n\n") }
            let refused = try server.ask("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(refused.code == 429)
            #expect(refused.fields["retry-after"] == "5")
            let leaving = clients.removeLast()
            leaving.endSending()
            #expect(try leaving.receiveAll() == "")
            #expect(try subscribe(server).receive(until: "\r\n").contains("200"))
        }
    }

    @Test(
        "what cannot be understood is refused",
        arguments: [
            ("GET /api/v1/events?since=x HTTP/1.1\r\nHost: localhost\r\n", 400),
            ("GET /api/v1/events?since=1&since=2 HTTP/1.1\r\nHost: localhost\r\n", 400),
            ("GET /api/v1/events?from=1 HTTP/1.1\r\nHost: localhost\r\n", 400),
            ("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: -1\r\n", 400),
            ("POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\n", 405),
            ("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n", 413),
            ("GET /api/v1/events HTTP/1.1\r\nHost: evil.example\r\n", 403),
            ("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n", 403),
            ("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n", 403),
        ]
    )
    func refused(request: String, code: Int) async throws {
        try await RunningServer.run { server in
            let response = try server.ask(request + "\r\n")
            #expect(response.code == code)
            #expect(response.fields["x-request-id"] == "0123456789abcdef")
            if code == 405 { #expect(response.fields["allow"] == "GET, OPTIONS") }
        }
    }
}
