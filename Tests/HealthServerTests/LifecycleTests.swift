// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Life of a server")
struct LifecycleTests {
    @Test("before the first snapshot it is alive and neither ready nor started")
    func beforeTheFirstSnapshot() async throws {
        try await RunningServer.run { running in
            #expect(try running.get("/livez").code == 200)
            #expect(try running.get("/startupz").code == 503)
            let ready = try running.get("/readyz")
            #expect(ready.code == 503)
            #expect(
                ready.body == """
                    [+]agent/shutdown ok
                    [+]agent/freshness ok
                    [-]agent/aggregate failed: the agent is starting
                    readyz check failed

                    """
            )
        }
    }

    @Test("what was published before the start is served from the start")
    func publishedEarly() async throws {
        let clock = StillClock()
        let server = HealthServer(
            HealthServerConfiguration(listeners: [try RunningServer.anyPort()], agentName: "a", agentVersion: "1"),
            clock: { clock.now },
            wallClock: { clock.wallTime }
        )
        server.publish(Snapshots.healthy(clock: clock))
        let addresses = try await server.start()
        let client = try RawClient(addresses[0])
        client.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receiveResponse().code == 200)
        await server.stop(deadline: .seconds(1))
    }

    @Test("the server's thread gives a sign of life that no request asks for")
    func ownHeartbeat() async throws {
        try await RunningServer.run { running in
            running.clock.advance(by: .seconds(100))
            let now = running.clock.now
            let deadline = ContinuousClock.now + .seconds(30)
            while running.server.ownHeartbeat.last != now && ContinuousClock.now < deadline {
                _ = await running.server.counters()
            }
            #expect(running.server.ownHeartbeat.last == now)
        }
    }

    @Test("P8: a healthy snapshot turns unready by the clock alone, and ready again by a new one")
    func stale() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let client = try RawClient(running.address)
            func ask(_ path: String) throws -> Response {
                client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                return try client.receiveResponse()
            }
            #expect(try ask("/readyz").code == 200)
            running.clock.advance(by: .milliseconds(59_999))
            #expect(try ask("/readyz").code == 200)
            #expect(try ask("/health").code == 200)
            running.clock.advance(by: .milliseconds(1))
            #expect(try ask("/readyz").code == 503)
            #expect(try ask("/health").code == 503)
            #expect(try ask("/readyz/db").code == 503)
            #expect(try ask("/api/v1/targets/db").body.contains("\"status\":\"stale\""))
            await running.publish(Snapshots.healthy(clock: running.clock, sequence: 2))
            #expect(try ask("/readyz").code == 200)
        }
    }

    @Test("it is alive for as long as the probe loop beats")
    func liveness() async throws {
        try await RunningServer.run { running in
            #expect(try running.get("/livez").code == 200)
            running.clock.advance(by: .seconds(10))
            #expect(try running.get("/livez").code == 200)
            running.clock.advance(by: .nanoseconds(1))
            let answer = try running.get("/livez")
            #expect(answer.code == 503)
            #expect(
                answer.body
                    == "[-]agent/probe-loop failed: no sign of life for more than 10s\nlivez check failed\n"
            )
            running.server.heartbeat.beat(at: running.clock.now)
            #expect(try running.get("/livez").code == 200)
        }
    }

    @Test("an older snapshot never replaces a newer one")
    func outOfOrder() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock, sequence: 7))
            await running.publish(Snapshots.healthy(clock: running.clock, sequence: 6))
            let afterOlder = try running.get("/readyz").code
            #expect(afterOlder == 503)
            await running.publish(Snapshots.healthy(clock: running.clock, sequence: 8))
            let afterNewer = try running.get("/readyz").code
            #expect(afterNewer == 200)
        }
    }

    @Test("P6: requests are answered, whole and each from one snapshot, while snapshots are published without a pause")
    func publishUnderLoad() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for sequence in UInt64(2)...2_000 {
                        let isHealthy = sequence.isMultiple(of: 2)
                        running.server.publish(
                            isHealthy
                                ? Snapshots.healthy(clock: running.clock, sequence: sequence)
                                : Snapshots.unhealthy(clock: running.clock, sequence: sequence)
                        )
                    }
                }
                group.addTask {
                    let client = try RawClient(running.address)
                    for _ in 0..<2_000 {
                        client.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
                        let response = try client.receiveResponse()
                        #expect((response.code == 200) == (response.body == "ok"))
                    }
                }
                try await group.waitForAll()
            }
            _ = await running.server.counters()
            #expect(try running.get("/readyz").code == 200, "the last one published was healthy")
        }
    }

    @Test("draining is answered at once, with Connection: close, while liveness stays 200")
    func draining() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let client = try RawClient(running.address)
            client.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveResponse().code == 200)
            await running.drain()
            client.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try client.receiveResponse()
            #expect(response.code == 503)
            #expect(response.fields["connection"] == "close")
            #expect(response.fields["x-envoy-immediate-health-check-fail"] == "true")
            #expect(response.fields["retry-after"] == nil)
            #expect(try client.receiveAll() == "")
            #expect(try running.get("/livez").code == 200)
            #expect(try running.get("/startupz").code == 200)
            #expect(try running.get("/readyz/db").code == 503)
            await running.publish(Snapshots.healthy(clock: running.clock, sequence: 2))
            #expect(try running.get("/readyz").code == 503)
        }
    }

    @Test("a stopping server finishes the request it has begun to read, and takes no new connection")
    func stopFinishesWork() async throws {
        let clock = StillClock()
        var limits = ServerLimits()
        limits.lingerTimeout = .milliseconds(100)
        // Slow as the machine may be, no request is late.
        limits.headerTimeout = .seconds(300)
        let server = HealthServer(
            HealthServerConfiguration(
                listeners: [try RunningServer.anyPort()],
                agentName: "a",
                agentVersion: "1",
                limits: limits
            ),
            clock: { clock.now },
            wallClock: { clock.wallTime }
        )
        let address = try await server.start()[0]
        let idle = try RawClient(address)
        idle.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try idle.receiveResponse().code == 200)
        let busy = try RawClient(address)
        busy.send("GET /livez HTTP/1.1\r\n")
        let new = try RawClient(address)
        while await server.counters().accepted < 3 {}
        async let stopped: Void = server.stop(deadline: .seconds(300))
        #expect(try idle.receiveAll() == "", "an idle connection is closed at once")
        new.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try new.receiveAll().hasPrefix("HTTP/1.1 200 OK\r\n"), "who had just connected is answered")
        busy.send("Host: a\r\n\r\n")
        let answer = try busy.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("Connection: close\r\n"))
        await stopped
        #expect(throws: RawClient.Failure.self) { try RawClient(address) }
    }

    @Test("a stopping server cuts what is unfinished at its deadline, and stopping twice is harmless")
    func stopCuts() async throws {
        // So that on a busy machine nothing else ends the request before.
        var limits = ServerLimits()
        limits.headerTimeout = .seconds(300)
        let server = HealthServer(
            HealthServerConfiguration(
                listeners: [try RunningServer.anyPort()],
                agentName: "a",
                agentVersion: "1",
                limits: limits
            ),
            clock: { MonotonicInstant(nanoseconds: 0) },
            wallClock: { WallTime(nanosecondsSinceEpoch: 0) }
        )
        let address = try await server.start()[0]
        let client = try RawClient(address)
        client.send("GET ")
        while await server.counters().accepted < 1 {}
        await server.stop(deadline: .milliseconds(10))
        #expect((try? client.receive())?.isEmpty != false, "ended or reset, but not answered")
        await server.stop(deadline: .zero)
        server.publish(Snapshots.healthy(clock: StillClock()))
        server.drain()
        #expect(await server.counters() == ServerCounters())
    }
}
