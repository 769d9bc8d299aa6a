// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import Testing

/// The agent's doubts about itself, in a real process.
@Suite("self-doubt, end to end", .timeLimit(.minutes(2)))
struct SelfDoubtTests {
    @Test("with too few descriptors /health, the metrics and one line of the log say why probes do not run")
    func descriptors() throws {
        let silent = ScriptedServer { connection in connection.hold() }
        let folder = TemporaryFolder()
        mkdir(folder.path + "/probes.d", 0o755)
        // All hang at once, and there is room for a few only: the others are turned away.
        var probes = "defaults: {interval: 500ms, timeout: 400ms, impact: informational, "
        probes += "breaker: {while_open: observe}}\nprobes:\n"
        for index in 0..<60 { probes += "  t\(index): {http: 'http://127.0.0.1:\(silent.port)/'}\n" }
        let agent = try Agent(
            probes: ["a.yaml": probes],
            in: folder,
            through: ["sh", "-c", "ulimit -n 140; exec \"$@\"", "sh"]
        )
        let health = Deadline().wait { () -> String? in
            guard let body = HTTPClient.get("/health", port: agent.port)?.body else { return nil }
            return body.contains("\"bellwether:descriptors\":[") ? body : nil
        }
        let body = try #require(health, "\(agent.process.errors)")
        #expect(body.contains("the agent has no descriptors left"), "\(body)")
        let metrics = try #require(HTTPClient.get("/metrics", port: agent.port)?.body)
        #expect(metrics.contains("bellwether_internal_problem{problem=\"descriptors\"} 1\n"))
        #expect(metrics.contains("bellwether_internal_problem{problem=\"no_route\"} 0\n"))
        // Some seconds of probes later there is still one line.
        let lasted = Deadline().wait { () -> Bool? in
            let metrics = HTTPClient.get("/metrics", port: agent.port)?.body ?? ""
            let line = metrics.split(separator: "\n").first { $0.hasPrefix("bellwether_internal_failures_total ") }
            let count = line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
            return count > 100 ? true : nil
        }
        #expect(lasted == true)
        let lines = agent.process.errors.split(separator: "\n").filter { $0.contains("no descriptors left") }
        #expect(lines.count == 1, "\(lines)")
    }

    @Test("with 256 descriptors a few targets are probed as ever", arguments: [256, 112])
    func lowLimit(limit: Int) throws {
        let server = ScriptedServer { _ in }
        var probes = "probes:\n"
        for index in 0..<10 { probes += "  t\(index): {tcp: '127.0.0.1:\(server.port)', interval: 200ms}\n" }
        let agent = try Agent(
            probes: ["a.yaml": probes],
            through: ["sh", "-c", "ulimit -n \(limit); exec \"$@\"", "sh"]
        )
        #expect(agent.waits(for: 200))
        let metrics = try #require(HTTPClient.get("/metrics", port: agent.port)?.body)
        #expect(metrics.contains("bellwether_internal_failures_total 0\n"))
        #expect(!agent.process.errors.contains("descriptor limit is low"))
    }

    @Test("L6: a limit that no agent can work with is refused with the number that is needed")
    func hopelessLimit() {
        let folder = TemporaryFolder()
        folder.write("probes: {}\n", to: "probes.d/a.yaml")
        let configuration = folder.write("agent: {state: none}\n", to: "bellwether.yaml")
        let command = [Agent.binary, "run", "--config", configuration, "--listen", "127.0.0.1:0"]
        let agent = ChildProcess(["sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"] + command, in: folder, name: "agent")
        #expect(agent.waitForExit() == 70)
        #expect(agent.errors.contains("only 64 open files are allowed; 112 are needed"), "\(agent.errors)")
    }

    @Test("C10: a CA file that is replaced by rubbish is told once, the old one stays in force, and its return is told")
    func brokenFile() throws {
        let nginx = HTTPTestSupport.Nginx()
        defer { nginx.stop() }
        let folder = TemporaryFolder()
        let authority = TemporaryFolder.read(HTTPTestSupport.Nginx.certificates + "/authority.pem")
        let path = folder.write(authority, to: "ca.pem")
        let agent = try Agent(
            probes: [
                "a.yaml": """
                probes:
                  a:
                    tcp: {address: '127.0.0.1:\(nginx.securePort)', tls: {ca: \(path), server_name: localhost}}
                    interval: 200ms
                """
            ],
            in: folder
        )
        #expect(agent.waits(for: 200), "\(agent.process.errors)")
        folder.write("rubbish", to: "ca.pem")
        #expect(Self.waits(for: "a file for TLS cannot be used", in: agent))
        #expect(agent.code() == 200)
        folder.write(authority, to: "ca.pem")
        #expect(Self.waits(for: "a file for TLS can be used again", in: agent))
        let lines = agent.process.errors.split(separator: "\n").filter { $0.contains("a file for TLS cannot be used") }
        #expect(lines.count == 1, "\(lines)")
        #expect(
            lines.first?.contains("\(path) holds no usable certificates; the authorities read before stay in force")
                == true
        )
    }

    private static func waits(for text: String, in agent: Agent) -> Bool {
        Deadline().wait { agent.process.errors.contains(text) ? true : nil } ?? false
    }
}
