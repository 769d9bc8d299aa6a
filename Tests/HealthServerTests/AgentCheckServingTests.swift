// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("The agent-check port")
struct AgentCheckServingTests {
    /// What one connection that sends `text` is answered.
    static func ask(_ text: String?, _ address: HostPort, ends: Bool = false) throws -> String {
        let client = try RawClient(.tcp(address))
        if let text { client.send(text) }
        if ends { client.endSending() }
        return try client.receiveAll()
    }

    static func run(
        limits: ServerLimits = ServerLimits(),
        _ body: (RunningServer, HostPort) async throws -> Void
    ) async throws {
        let address = try HostPort("127.0.0.1:0", allowsPortZero: true)
        try await RunningServer.run(agentCheck: address, limits: limits) { running in
            let real = try #require(running.server.agentCheckAddress)
            #expect(real.port != 0)
            try await body(running, real)
        }
    }

    @Test("a silent client, a line, and a text without a line end are each answered with one line")
    func lines() async throws {
        try await Self.run { running, address in
            await running.publish(Snapshots.degraded(clock: running.clock))
            #expect(try Self.ask(nil, address) == "ready up 50%\n")
            #expect(try Self.ask("\n", address) == "ready up 50%\n")
            #expect(try Self.ask("api\n", address) == "ready up 100%\n")
            #expect(try Self.ask(" api \r\n", address) == "ready up 100%\n")
            #expect(try Self.ask("api", address) == "ready up 100%\n")
            #expect(try Self.ask("api", address, ends: true) == "ready up 100%\n")
            #expect(try Self.ask("db\nmore\n", address) == "down # 3 failures in a row: connection refused\n")
            let web = try Self.ask("GET / HTTP/1.1\r\n\r\n", address)
            #expect(web == "down # no target or group is called \"GET / HTTP/1.1\"\n")
        }
    }

    @Test("the line follows the status, and draining comes before all else")
    func follows() async throws {
        try await Self.run { running, address in
            #expect(try Self.ask("\n", address) == "down # the agent is starting\n")
            await running.publish(Snapshots.healthy(clock: running.clock))
            #expect(try Self.ask("\n", address) == "ready up 100%\n")
            running.clock.advance(by: .seconds(61))
            let stale = try Self.ask("\n", address)
            #expect(stale == "down # verdicts are stale: they were not renewed in time\n")
            await running.publish(Snapshots.healthy(clock: running.clock, sequence: 2))
            await running.drain()
            #expect(try Self.ask("\n", address) == "drain\n")
        }
    }

    @Test("a line that is too long gets no answer")
    func tooLong() async throws {
        try await Self.run { running, address in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let client = try RawClient(.tcp(address))
            client.send(String(repeating: "a", count: 300))
            let answer = (try? client.receiveAll()) ?? ""
            #expect(answer.isEmpty)
            #expect(try Self.ask("api\n", address) == "ready up 100%\n")
        }
    }

    @Test("a connection over the limit is closed without a word, and room comes back")
    func bounded() async throws {
        var limits = ServerLimits()
        limits.agentCheckConnections = 2
        try await Self.run(limits: limits) { running, address in
            await running.publish(Snapshots.healthy(clock: running.clock))
            // These were answered and stay open, because they do not end their own side.
            let holders = try (0..<2).map { _ in try RawClient(.tcp(address)) }
            for holder in holders {
                holder.send("\n")
                #expect(try holder.receiveAll() == "ready up 100%\n")
            }
            let refused = try RawClient(.tcp(address))
            let nothing = (try? refused.receiveAll()) ?? ""
            #expect(nothing.isEmpty)
            for holder in holders { holder.endSending() }
            // Their end and the next connection arrive in the order they were sent.
            var answer = ""
            for _ in 0..<100 where answer.isEmpty { answer = (try? Self.ask("\n", address)) ?? "" }
            #expect(answer == "ready up 100%\n")
        }
    }

    @Test("readiness does not notice clients that say nothing")
    func silentClients() async throws {
        try await Self.run { running, address in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let silent = try (0..<64).map { _ in try RawClient(.tcp(address)) }
            #expect(try running.get("/readyz").code == 200)
            for client in silent { #expect(try client.receiveAll() == "ready up 100%\n") }
        }
    }

    @Test("an address in use is a clear error, and the listeners are released")
    func inUse() async throws {
        try await RunningServer.run { running in
            guard case .tcp(let taken) = running.address else { return }
            let error = await #expect(throws: ListenError.self) {
                try await RunningServer.run(agentCheck: taken) { _ in }
            }
            #expect(error?.description == "cannot listen on \(taken): Address already in use")
        }
    }
}
