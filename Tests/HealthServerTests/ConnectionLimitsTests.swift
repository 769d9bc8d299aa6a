// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Limits on connections")
struct ConnectionLimitsTests {
    static let plain = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("one address has no more than its connections; the next is closed at once, and room is given back")
    func perAddress() async throws {
        var limits = ServerLimits()
        limits.connectionsPerLocalAddress = 2
        try await RunningServer.run(limits: limits) { running in
            var clients: [RawClient] = []
            for _ in 0..<2 {
                let client = try RawClient(running.address)
                client.send(Self.plain)
                #expect(try client.receiveResponse().code == 200)
                clients.append(client)
            }
            let third = try RawClient(running.address)
            #expect((try? third.receiveAll()) ?? "" == "")
            #expect(await running.server.counters().refusedPerAddress == 1)
            clients.removeLast()
            // The server sees the end of the second before it accepts another.
            var response: Response?
            while response == nil {
                let next = try RawClient(running.address)
                next.send(Self.plain)
                response = try? next.receiveResponse()
            }
            #expect(response?.code == 200)
        }
    }

    @Test("when all connections are taken, the longest idle one makes room")
    func eviction() async throws {
        var limits = ServerLimits()
        limits.connections = 2
        try await RunningServer.run(limits: limits) { running in
            let first = try RawClient(running.address)
            first.send(Self.plain)
            #expect(try first.receiveResponse().code == 200)
            let second = try RawClient(running.address)
            second.send(Self.plain)
            #expect(try second.receiveResponse().code == 200)
            let third = try RawClient(running.address)
            third.send(Self.plain)
            #expect(try third.receiveResponse().code == 200)
            #expect(await running.server.counters().evicted >= 1)
        }
    }

    @Test("when all connections are busy, accepting pauses, and the next client is served when one ends")
    func pause() async throws {
        var limits = ServerLimits()
        limits.connections = 1
        try await RunningServer.run(limits: limits) { running in
            let busy = try RawClient(running.address)
            busy.send("GET /livez HTTP/1.1\r\n")
            while await running.server.counters().acceptPauses == 0 {}
            let waiting = try RawClient(running.address)
            waiting.send(Self.plain)
            busy.send("Host: a\r\nConnection: close\r\n\r\n")
            #expect(try busy.receiveResponse().code == 200)
            #expect(try waiting.receiveResponse().code == 200)
            #expect(await running.server.counters().refusedInAll == 0)
        }
    }

    @Test("accepting that paused goes on when a busy connection turns idle and stays open")
    func pauseEndsWithIdleness() async throws {
        var limits = ServerLimits()
        limits.connections = 1
        try await RunningServer.run(limits: limits) { running in
            let busy = try RawClient(running.address)
            busy.send("GET /livez HTTP/1.1\r\n")
            while await running.server.counters().acceptPauses == 0 {}
            let waiting = try RawClient(running.address)
            waiting.send(Self.plain)
            busy.send("Host: a\r\n\r\n")
            #expect(try busy.receiveResponse().code == 200)
            #expect(try waiting.receiveResponse().code == 200)
            #expect(await running.server.counters().evicted == 1)
        }
    }

    @Test("fields that stop coming end the connection with 408 in real time too")
    func slowFields() async throws {
        var limits = ServerLimits()
        limits.headerTimeout = .milliseconds(50)
        try await RunningServer.run(limits: limits) { running in
            let client = try RawClient(running.address)
            client.send("GET /livez HTTP/1.1\r\nHost: ")
            #expect(try client.receiveAll().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        }
    }

    @Test("a client that asks and asks but never reads is cut off, and memory stays bounded meanwhile")
    func neverReads() async throws {
        var limits = ServerLimits()
        limits.writeTimeout = .milliseconds(200)
        try await RunningServer.run(limits: limits) { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock))
            let client = try RawClient(running.address)
            let request = String(repeating: "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", count: 1_000)
            while client.send(request) {}
            #expect(await running.server.counters().writeTimeouts == 1)
        }
    }

    @Test("a refused client that still sends can read why, instead of a reset")
    func lingers() async throws {
        try await RunningServer.run { running in
            let client = try RawClient(running.address)
            client.send("POST /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            client.send(String(repeating: "a", count: 1_000_000))
            #expect(try client.receiveAll().hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
        }
    }

    @Test("a client that ends its side after asking is answered in full")
    func halfClosed() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            for path in ["/readyz", "/metrics"] {
                let client = try RawClient(running.address)
                client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                client.endSending()
                let all = try client.receiveAll()
                var bytes = Array(all.utf8)
                #expect(Response(&bytes)?.code == 200)
                #expect(bytes.isEmpty)
            }
        }
    }

    @Test("ten thousand pipelined requests are answered in order")
    func longPipeline() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let client = try RawClient(running.address)
            let block = "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n"
            for _ in 0..<50 {
                client.send(String(repeating: block, count: 100))
                for _ in 0..<100 {
                    #expect(try client.receiveResponse().body == "ok")
                    #expect(try client.receiveResponse().body.hasPrefix("{\"status\":\"pass\""))
                }
            }
        }
    }
}
