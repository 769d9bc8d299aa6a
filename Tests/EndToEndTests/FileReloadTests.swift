// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// The running agent takes over what is done to its files, without a signal.
@Suite("reload when files change, end to end")
struct FileReloadTests {
    private static func probe(_ name: String, port: UInt16) -> String {
        "probes: {\(name): {tcp: '127.0.0.1:\(port)', interval: 500ms, timeout: 400ms}}\n"
    }

    private static func status(_ agent: Agent) -> String {
        HTTPClient.get("/api/v1/health", port: agent.port)?.body ?? ""
    }

    private static func waits(_ agent: Agent, for text: String, in path: String = "/api/v1/health") -> Bool {
        let found = Deadline().wait { () -> Bool? in
            let body = HTTPClient.get(path, port: agent.port, deadline: Deadline(.seconds(30)))?.body ?? ""
            return body.range(of: text) != nil ? true : nil
        }
        return found ?? false
    }

    private static func isThere(_ name: String, _ agent: Agent) -> Bool {
        agent.waits(for: 200, at: "/health/targets/" + name)
    }

    @Test("P1: an edit is taken over; a broken one changes nothing and is shown everywhere until it is mended")
    func edit() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["kept.yaml": Self.probe("kept", port: server.port)])
        #expect(agent.waits(for: 200))
        #expect(Self.waits(agent, for: "\"noticed_by\":\"events\""))

        agent.folder.write(Self.probe("added", port: server.port), to: "probes.d/added.yaml")
        #expect(Self.isThere("added", agent))

        agent.folder.write("probes: {added: {tcp: '127.0.0.1:1', timeout: 5x}}\n", to: "probes.d/added.yaml")
        #expect(Self.waits(agent, for: "\"valid\":false"))
        #expect(Self.status(agent).range(of: "is not a duration") != nil)
        #expect(Self.waits(agent, for: "bellwether_config_valid 0", in: "/metrics"))
        #expect(agent.code("/health/targets/added") == 200)
        #expect(agent.code() == 200)
        let status = ChildProcess(
            [Agent.binary, "status", "--socket", agent.socket],
            in: agent.folder,
            name: "status"
        )
        #expect(status.waitForExit() == 0)
        #expect(status.output.range(of: "is refused (1 error), an older one is in force:") != nil)
        #expect(status.output.range(of: "probes.d/added.yaml:1:") != nil)

        agent.folder.write(Self.probe("mended", port: server.port), to: "probes.d/added.yaml")
        #expect(Self.isThere("mended", agent))
        #expect(agent.waits(for: 404, at: "/health/targets/added"))
        #expect(Self.waits(agent, for: "\"valid\":true"))
        #expect(Self.waits(agent, for: "bellwether_config_valid 1", in: "/metrics"))
        #expect(agent.process.isRunning)
    }

    @Test("a ConfigMap that is swapped is taken over as a whole")
    func configMap() throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        for version in ["1", "2"] {
            for part in ["a", "b"] {
                let text = Self.probe("\(part)\(version)", port: server.port)
                folder.write(text, to: "probes.d/..\(version)/\(part).yaml")
            }
        }
        symlink("..1", folder.path + "/probes.d/..data")
        for part in ["a", "b"] { symlink("..data/\(part).yaml", folder.path + "/probes.d/\(part).yaml") }
        let agent = try Agent(probes: [:], in: folder)
        #expect(Self.isThere("a1", agent))
        symlink("..2", folder.path + "/probes.d/..data_tmp")
        rename(folder.path + "/probes.d/..data_tmp", folder.path + "/probes.d/..data")
        #expect(Self.isThere("a2", agent))
        #expect(Self.isThere("b2", agent))
        #expect(agent.code("/health/targets/a1") == 404)
        #expect(agent.code("/health/targets/b1") == 404)
    }

    @Test("a folder that is removed, made again and filled again costs nothing in between")
    func removed() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["a.yaml": Self.probe("a", port: server.port)])
        #expect(Self.isThere("a", agent))
        let folder = agent.folder.path + "/probes.d"
        unlink(folder + "/a.yaml")
        rmdir(folder)
        #expect(Self.waits(agent, for: "No such file or directory"))
        #expect(agent.code("/health/targets/a") == 200)
        mkdir(folder, 0o755)
        #expect(Self.waits(agent, for: "no file defines a probe any more"))
        #expect(agent.code("/health/targets/a") == 200)
        agent.folder.write(Self.probe("b", port: server.port), to: "probes.d/b.yaml")
        #expect(Self.isThere("b", agent))
        #expect(agent.waits(for: 404, at: "/health/targets/a"))
    }

    @Test("five thousand files are taken over, and one of them that changes")
    func manyFiles() throws {
        let server = ScriptedServer { _ in }
        func slow(_ name: String) -> String {
            "probes: {\(name): {tcp: '127.0.0.1:\(server.port)', interval: 1h, timeout: 1s, initial_delay: 1h}}\n"
        }
        let agent = try Agent(probes: ["kept.yaml": Self.probe("kept", port: server.port)])
        #expect(agent.waits(for: 200))
        for index in 0..<5_000 { agent.folder.write(slow("t\(index)"), to: "probes.d/t\(index).yaml") }
        let deadline = Deadline(.seconds(120))
        let isTaken = deadline.wait(every: .milliseconds(200)) { () -> Bool? in
            agent.process.errors.range(of: "\"targets\":\"5001\"") != nil ? true : nil
        }
        #expect(isTaken == true)
        agent.folder.write(slow("other"), to: "probes.d/t4999.yaml")
        #expect(agent.waits(for: 404, at: "/health/targets/t4999", deadline: Deadline(.seconds(120))))
        #expect(agent.code("/health/targets/kept") == 200)
    }

    @Test("a hundred signals and rewritten files in a row end with the last file, and the agent lives")
    func storm() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["kept.yaml": Self.probe("kept", port: server.port)])
        #expect(agent.waits(for: 200))
        for index in 0..<100 {
            let isBroken = index % 7 == 3
            agent.folder.write(
                isBroken ? "probes: {" : Self.probe("n\(index)", port: server.port),
                to: "probes.d/.next"
            )
            rename(agent.folder.path + "/probes.d/.next", agent.folder.path + "/probes.d/next.yaml")
            agent.process.send(SIGHUP)
        }
        #expect(Self.isThere("n99", agent))
        #expect(Self.isThere("kept", agent))
        #expect(Self.waits(agent, for: "\"valid\":true"))
        #expect(agent.process.isRunning)
    }
}
