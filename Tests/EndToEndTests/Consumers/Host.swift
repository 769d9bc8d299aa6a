// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// A machine behind a load balancer: an application, what it depends on, and the agent that looks after both.
///
/// It has a loopback address of its own, so that several machines can have the same ports, as real ones do.
final class Host {
    let address: String
    let agent: Agent
    /// A required target.
    let database: Target
    /// A degrading target.
    let cache: Target
    private let application: ScriptedServer

    /// Starts all of it and waits until it is healthy.
    ///
    /// - Parameters:
    ///   - site: what addresses and ports the machines share.
    ///   - number: the last number of its address: 11 or 12.
    ///   - extra: more fields of the listener, each after a comma.
    /// - Throws: when the agent does not listen; the test has failed by then.
    init(of site: Site, number: Int, agentFields extra: String = "") throws {
        let address = "\(site.network).\(number)"
        self.address = address
        application = ScriptedServer(address: address, port: site.applicationPort) { connection in
            while !connection.readRequest().isEmpty {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\(number)")
            }
        }
        database = Target()
        cache = Target()
        let settings = try Snippet(.agent).with([
            "127.0.0.1:9797": "127.0.0.1:0",
            // Off loopback this is the default.
            "10.0.0.11:9797": "\(address):\(site.healthPort), detail: false\(extra)",
            "10.0.0.11:9798": "\(address):\(site.agentCheckPort)",
        ])
        agent = try Agent(probes: ["app.yaml": Self.probes(database: database, cache: cache)], settings: settings)
        #expect(agent.waits(for: 200))
    }

    /// Asks it to end: it drains, and says so to everybody who asks.
    func drain() {
        agent.process.send(SIGTERM)
    }

    /// Ends a drain before its time; the exit code.
    func end() -> CInt? {
        agent.process.send(SIGTERM)
        return agent.process.waitForExit()
    }

    private static func probes(database: Target, cache: Target) -> String {
        """
        defaults:
          interval: 200ms
          timeout: 190ms
          jitter: 0%
          breaker: {failure_threshold: 2, success_threshold: 1, open_for: 300ms, backoff: {multiplier: 1, max: 300ms}}
        probes:
          database: {http: 'http://127.0.0.1:\(database.port)/'}
          cache: {http: 'http://127.0.0.1:\(cache.port)/', impact: degrading}

        """
    }
}
