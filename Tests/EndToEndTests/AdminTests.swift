// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// The admin socket of the real agent, through the real commands.
@Suite("commands to the running agent, end to end")
struct AdminTests {
    private static func probe(_ name: String, port: UInt16) -> String {
        "probes: {\(name): {tcp: '127.0.0.1:\(port)', interval: 500ms, timeout: 400ms}}\n"
    }

    private struct Result {
        let code: CInt?
        let output: String
        let errors: String
    }

    /// One command to its end.
    private static func run(_ arguments: [String], of agent: Agent) -> Result {
        let all = [Agent.binary] + arguments + ["--socket", agent.socket]
        let process = ChildProcess(all, in: agent.folder, name: "command-\(arguments.joined(separator: "-"))")
        let code = process.waitForExit()
        return Result(code: code, output: process.output, errors: process.errors)
    }

    @Test("breaker open holds a target, shows it everywhere, and enable lets it go")
    func breaker() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["db.yaml": Self.probe("db", port: server.port)])
        #expect(agent.waits(for: 200))
        let open = Self.run(["breaker", "open", "db", "--for", "10m", "--reason", "db upgrade"], of: agent)
        #expect(open.code == 0)
        #expect(open.output.hasPrefix("db: open; forced open by uid \(getuid()): db upgrade; until 2"))
        #expect(agent.waits(for: 503))
        let document = HTTPClient.get("/api/v1/targets/db", port: agent.port)?.body ?? ""
        #expect(document.range(of: "\"forced\":{\"state\":\"open\",\"until\":\"2") != nil)
        #expect(Self.run(["breaker", "enable", "db"], of: agent).code == 0)
        #expect(agent.waits(for: 200))
        let events = Self.run(["events"], of: agent)
        #expect(events.code == 0)
        #expect(events.output.range(of: "db  Closed → ForcedOpen  by uid \(getuid()): db upgrade\n") != nil)
        #expect(agent.process.errors.range(of: "POST /api/v1/breakers/db/open") != nil)
    }

    @Test("what makes no sense is a usage error, and nothing changes")
    func usage() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["db.yaml": Self.probe("db", port: server.port)])
        #expect(agent.waits(for: 200))
        let unknown = Self.run(["breaker", "open", "nobody"], of: agent)
        #expect(unknown.code == 64)
        #expect(unknown.errors == "bellwether: no such target: \"nobody\"\n")
        let senseless = Self.run(["breaker", "reset", "db", "--for", "1m"], of: agent)
        #expect(senseless.code == 64)
        #expect(senseless.errors == "bellwether: for: reset takes no time\n")
        #expect(agent.code() == 200)
    }

    @Test("reload waits, prints what changed, and refuses a wrong configuration with its diagnostics")
    func reload() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["db.yaml": Self.probe("db", port: server.port)])
        agent.folder.write(Self.probe("new", port: server.port), to: "probes.d/new.yaml")
        let reload = Self.run(["reload"], of: agent)
        #expect(reload.code == 0)
        #expect(reload.output == "+ new\n1 added, 0 changed, 0 removed, 1 unchanged\n")
        #expect(agent.code("/health/targets/new") != 404)
        agent.folder.write("probes: {bad: {tcp: '127.0.0.1:1', timeout: 5x}}\n", to: "probes.d/new.yaml")
        let refused = Self.run(["reload"], of: agent)
        #expect(refused.code == 78)
        #expect(refused.errors.range(of: "probes.d/new.yaml:1:") != nil)
        #expect(agent.code("/health/targets/new") != 404)
    }

    @Test("events --follow prints changes as they come, and ends with the agent")
    func follow() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["db.yaml": Self.probe("db", port: server.port)])
        let arguments = [Agent.binary, "events", "--follow", "--socket", agent.socket]
        let process = ChildProcess(arguments, in: agent.folder, name: "events")
        let seen = Deadline().wait { process.output.range(of: "db  Starting → Healthy") != nil ? true : nil }
        #expect(seen == true)
        agent.process.send(SIGTERM)
        #expect(process.waitForExit() == 0)
        #expect(process.output.hasSuffix("the agent is shutting down\n"))
    }

    @Test("without an agent a command ends with 69")
    func noAgent() throws {
        let folder = TemporaryFolder()
        for arguments in [["reload"], ["events"], ["breaker", "open", "db"], ["status"]] {
            let all = [Agent.binary] + arguments + ["--socket", folder.path + "/none"]
            let process = ChildProcess(all, in: folder, name: "none")
            #expect(process.waitForExit() == 69)
            #expect(process.errors.range(of: "no answer from unix:\(folder.path)/none: No such file") != nil)
        }
    }

    @Test("the admin socket is its user's alone, and goes with the agent")
    func socketFile() throws {
        let agent = try Agent(probes: [:])
        var status = stat()
        #expect(stat(agent.socket, &status) == 0 && status.st_mode & 0o777 == 0o600)
        agent.process.send(SIGTERM)
        #expect(agent.process.waitForExit() == 0)
        #expect(stat(agent.socket, &status) != 0)
    }

    @Test("the API is what its OpenAPI description says, held against it by schemathesis")
    func conformance() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["checkout.yaml": Self.probe("checkout", port: server.port)])
        #expect(agent.waits(for: 200))
        let repository = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let arguments = [
            repository + "/.build/python/bin/python",
            repository + "/Tests/HTTPTestSupport/Servers/api_conformance.py", agent.socket,
        ]
        let process = ChildProcess(arguments, in: agent.folder, name: "conformance")
        let code = process.waitForExit(Deadline(.seconds(150)))
        #expect(code == 0, "\(process.output)\(process.errors)")
        #expect(process.output.range(of: "No issues found") != nil || process.output.range(of: " passed") != nil)
    }
}
