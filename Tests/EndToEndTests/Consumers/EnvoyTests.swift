// SPDX-License-Identifier: Apache-2.0

import Testing

/// What a real Envoy makes of the agents of two machines.
@Suite("Envoy", .installed(.envoy))
struct EnvoyTests {
    static let fast: KeyValuePairs = ["interval: 2s": "interval: 0.1s"]

    @Test("an HTTP health check takes a machine out and back, uses a degraded one last, and excludes a draining one")
    func http() throws {
        let site = Site()
        let first = try Host(of: site, number: 11)
        let second = try Host(of: site, number: 12)
        let envoy = try Envoy(site.place(.envoyHTTP, Self.fast), at: site)
        envoy.waits(for: "healthy", of: first.address)
        envoy.waits(for: "healthy", of: second.address)
        #expect(envoy.waits(forAnswersOf: ["11", "12"]))
        first.cache.goDown()
        envoy.waits(for: "/degraded_active_hc", of: first.address)
        #expect(envoy.waits(forAnswersOf: ["12"]), "a degraded machine gets what the healthy ones cannot take")
        first.cache.comeBack()
        envoy.waits(for: "healthy", of: first.address)
        first.database.goDown()
        envoy.waits(for: "/failed_active_hc", of: first.address)
        #expect(envoy.waits(forAnswersOf: ["12"]))
        first.database.comeBack()
        envoy.waits(for: "healthy", of: first.address)
        #expect(envoy.waits(forAnswersOf: ["11", "12"]))
        first.drain()
        envoy.waits(for: "/failed_active_hc/excluded_via_immediate_hc_fail", of: first.address)
        #expect(envoy.waits(forAnswersOf: ["12"]))
        #expect(first.agent.process.isRunning, "the machine is out before its agent ends")
        #expect(first.end() == 0)
        #expect(second.agent.process.isRunning)
    }

    @Test("a gRPC health check of the same port takes a machine out and back, and out before its agent ends")
    func grpc() throws {
        let site = Site()
        let first = try Host(of: site, number: 11)
        let second = try Host(of: site, number: 12)
        let envoy = try Envoy(site.place(.envoyGRPC, Self.fast), at: site)
        envoy.waits(for: "healthy", of: first.address)
        first.database.goDown()
        envoy.waits(for: "/failed_active_hc", of: first.address)
        first.database.comeBack()
        envoy.waits(for: "healthy", of: first.address)
        first.drain()
        envoy.waits(for: "/failed_active_hc", of: first.address)
        #expect(first.agent.process.isRunning, "the machine is out before its agent ends")
        #expect(first.end() == 0)
        envoy.waits(for: "healthy", of: second.address)
    }
}
