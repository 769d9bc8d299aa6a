// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// What a real HAProxy makes of the agent-check port.
@Suite("HAProxy's agent check, end to end")
struct AgentCheckTests {
    /// HAProxy with one server that two checks look after: the agent check alone, and nothing else.
    struct HAProxy {
        let port = Port.free()
        let process: ChildProcess
        private let folder: TemporaryFolder

        init(agentPort: UInt16, agentSend: String = "", in folder: TemporaryFolder = TemporaryFolder()) {
            self.folder = folder
            let send = agentSend.isEmpty ? "" : " agent-send \"\(agentSend)\\n\""
            let configuration = folder.write(
                """
                global
                  maxconn 100
                defaults
                  mode http
                  timeout connect 2s
                  timeout client 5s
                  timeout server 5s
                frontend stats
                  bind 127.0.0.1:\(port)
                  stats enable
                  stats uri /stats
                backend app
                  server one 127.0.0.1:1 weight 100 agent-check agent-addr 127.0.0.1 agent-port \(agentPort) agent-inter 300ms\(send)

                """,
                to: "haproxy.cfg"
            )
            process = ChildProcess(["haproxy", "-db", "-f", configuration], in: folder, name: "haproxy")
        }

        /// What HAProxy says of its server: the status and the weight in force; empty when there is no answer.
        var server: String {
            let lines = (HTTPClient.get("/stats;csv", port: port)?.body ?? "").split(separator: "\n")
            guard let names = lines.first?.split(separator: ",", omittingEmptySubsequences: false),
                let line = lines.first(where: { $0.hasPrefix("app,one,") }),
                let status = names.firstIndex(of: "status"), let weight = names.firstIndex(of: "weight")
            else { return "" }
            let values = line.split(separator: ",", omittingEmptySubsequences: false)
            return "\(values[status]) \(values[weight])"
        }

        func waits(for state: String) -> Bool {
            let found = Deadline().wait { server == state ? true : nil } ?? false
            if !found { Issue.record("the server is \(server), not \(state): \(process.errors)") }
            return found
        }
    }

    static func probes(_ nginx: Nginx) -> [String: String] {
        let breaker =
            "{failure_threshold: 2, open_for: 300ms, success_threshold: 1, backoff: {multiplier: 1, max: 300ms}}"
        return [
            "web.yaml": """
            defaults: {interval: 200ms, timeout: 150ms, breaker: \(breaker)}
            probes:
              web: {http: 'http://127.0.0.1:\(nginx.port)/'}
              spare: {tcp: '127.0.0.1:1', impact: degrading}
              again: {http: 'http://127.0.0.1:\(nginx.port)/'}
              more: {http: 'http://127.0.0.1:\(nginx.port)/'}
            """
        ]
    }

    @Test("the server is taken out and back, drained at the end, and ready again after a restart")
    func outAndBack() throws {
        let folder = TemporaryFolder()
        let nginx = Nginx(in: folder)
        let port = Port.free()
        let settings = "agent: {drain: 5s}\nagent_check: {address: '127.0.0.1:\(port)'}\n"
        let agent = try Agent(probes: Self.probes(nginx), settings: settings, in: folder)
        #expect(agent.waits(for: 200))
        let haproxy = HAProxy(agentPort: port, in: folder)
        // Three of four are healthy; the weight is that share of the configured one.
        #expect(haproxy.waits(for: "no check 75"))
        nginx.kill()
        #expect(haproxy.waits(for: "DOWN (agent) 75"))
        nginx.start()
        #expect(haproxy.waits(for: "no check 75"))
        agent.process.send(SIGTERM)
        #expect(haproxy.waits(for: "DRAIN (agent) 75"))
        #expect(agent.process.waitForExit() == 0)
        // Nobody answers: HAProxy keeps what it was told last.
        #expect(haproxy.server == "DRAIN (agent) 75")
        let second = try Agent(probes: Self.probes(nginx), settings: settings, in: folder)
        #expect(haproxy.waits(for: "no check 75"), "the next run takes the drain back")
        #expect(second.process.isRunning)
    }

    @Test("a server asks for its own target by agent-send")
    func byName() throws {
        let folder = TemporaryFolder()
        let nginx = Nginx(in: folder)
        let port = Port.free()
        let settings = "agent: {drain: 1s}\nagent_check: {address: '127.0.0.1:\(port)'}\n"
        let agent = try Agent(probes: Self.probes(nginx), settings: settings, in: folder)
        #expect(agent.waits(for: 200))
        #expect(agent.waits(for: 503, at: "/health/targets/spare"))
        let web = HAProxy(agentPort: port, agentSend: "web")
        #expect(web.waits(for: "no check 100"))
        let spare = HAProxy(agentPort: port, agentSend: "spare")
        #expect(spare.waits(for: "DOWN (agent) 100"))
    }
}
