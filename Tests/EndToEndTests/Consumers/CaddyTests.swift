// SPDX-License-Identifier: Apache-2.0

import Testing

/// What a real Caddy makes of the agents of two machines.
@Suite("Caddy", .installed(.caddy))
struct CaddyTests {
    @Test("active health checks take a machine out and back, and out before its agent ends")
    func outAndBack() throws {
        let site = Site()
        let first = try Host(of: site, number: 11)
        let second = try Host(of: site, number: 12)
        let folder = TemporaryFolder()
        let block = try site.place(
            .caddy,
            [":80 {": "http://127.0.0.1:\(site.frontPort) {", "health_interval 2s": "health_interval 100ms"]
        )
        let configuration = folder.write("{\n  admin off\n  persist_config off\n}\n" + block, to: "Caddyfile")
        let caddy = ChildProcess(
            [try Consumer.caddy.required(), "run", "--config", configuration, "--adapter", "caddyfile"],
            in: folder,
            environment: ["HOME": folder.path],
            name: "caddy"
        )
        func waits(forAnswersOf machines: Set<String>) {
            var seen: Set<String> = []
            let found = Deadline().wait { () -> Bool? in
                seen = site.answers()
                return seen == machines ? true : nil
            }
            if found == nil { Issue.record("\(seen), not \(machines): \(caddy.errors)") }
        }
        waits(forAnswersOf: ["11", "12"])
        first.cache.goDown()
        #expect(first.agent.waits(for: 200, with: "x-envoy-degraded"))
        waits(forAnswersOf: ["11", "12"])
        first.database.goDown()
        waits(forAnswersOf: ["12"])
        first.database.comeBack()
        waits(forAnswersOf: ["11", "12"])
        first.drain()
        waits(forAnswersOf: ["12"])
        #expect(first.agent.process.isRunning, "the machine is out before its agent ends")
        #expect(first.end() == 0)
        #expect(second.agent.process.isRunning)
    }
}
