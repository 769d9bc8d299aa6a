// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// SIGHUP: a good configuration is taken, a bad one changes nothing.
@Suite("reload, end to end")
struct ReloadTests {
    private static func probe(_ name: String, port: UInt16) -> String {
        "probes: {\(name): {tcp: '127.0.0.1:\(port)', interval: 500ms, timeout: 400ms}}\n"
    }

    /// How many probes of a target passed so far.
    private static func successes(_ target: String, of agent: Agent) -> Int {
        let document = HTTPClient.get("/api/v1/targets/\(target)", port: agent.port)?.body
        return document.flatMap { JSONText.value("succeeded", in: $0) }.flatMap { Int($0) } ?? 0
    }

    @Test("P1: a bad configuration never changes the running set; a good one is taken, and what did not change is kept")
    func reload() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["kept.yaml": Self.probe("kept", port: server.port)])
        #expect(agent.waits(for: 200))

        agent.folder.write("probes: {added: {tcp: '127.0.0.1:1', timeout: 5x}}\n", to: "probes.d/added.yaml")
        agent.process.send(SIGHUP)
        let refused = Deadline().wait {
            agent.process.errors.range(of: "the old one stays in force") != nil ? true : nil
        }
        #expect(refused == true)
        #expect(agent.process.errors.range(of: "is not a duration") != nil)
        #expect(agent.code() == 200)
        #expect(agent.code("/health/targets/added") == 404)

        let history = Deadline().wait { Self.successes("kept", of: agent) >= 3 ? true : nil }
        #expect(history == true)
        agent.folder.write(Self.probe("added", port: server.port), to: "probes.d/added.yaml")
        agent.process.send(SIGHUP)
        #expect(agent.waits(for: 200, at: "/health/targets/added"))
        #expect(Self.successes("kept", of: agent) >= 3, "its history goes on")

        unlink(agent.folder.path + "/probes.d/added.yaml")
        agent.process.send(SIGHUP)
        #expect(agent.waits(for: 404, at: "/health/targets/added"))
        #expect(agent.code() == 200)
    }
}
