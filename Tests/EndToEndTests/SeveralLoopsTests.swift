// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// `agent.loops`: probes on several threads, and one agent all the same.
@Suite("several loops, end to end")
struct SeveralLoopsTests {
    private static func targets(_ range: Range<Int>, port: UInt16) -> String {
        range.map { "  tcp\($0): {tcp: '127.0.0.1:\(port)', interval: 500ms, timeout: 500ms}\n" }.joined()
    }

    /// The names of the agent's threads that run probes, sorted.
    private static func loops(of agent: Agent) -> [String] {
        let tasks = "/proc/\(agent.process.id)/task"
        return TemporaryFolder.entries(of: tasks).map { TemporaryFolder.read("\(tasks)/\($0)/comm") }
            .filter { $0.hasPrefix("probes") }.map { String($0.dropLast()) }.sorted()
    }

    @Test("targets on several loops are judged, reloaded and stopped as on one")
    func life() throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        let script = folder.write("#!/bin/sh\necho fine\n", to: "scripts/fine", mode: 0o755)
        let fixed = """
            probes:
              fine: {script: [\(script)], interval: 1s}
              down: {tcp: '127.0.0.1:1', interval: 500ms, timeout: 400ms, impact: informational}\n
            """
        let agent = try Agent(
            probes: ["a.yaml": fixed + Self.targets(0..<9, port: server.port)],
            settings: "agent: {drain: 0s, loops: 3}\n",
            in: folder
        )
        #expect(agent.waits(for: 200))
        #expect(agent.waits(for: 503, at: "/health/targets/down"))
        #expect(Self.loops(of: agent) == ["probes", "probes-2", "probes-3"])
        #expect(agent.process.errors.contains("\"loops\":\"3\""))

        folder.write(fixed + Self.targets(6..<15, port: server.port), to: "probes.d/a.yaml")
        agent.process.send(SIGHUP)
        for name in ["tcp6", "tcp14", "fine"] { #expect(agent.waits(for: 200, at: "/health/targets/\(name)")) }
        #expect(agent.waits(for: 404, at: "/health/targets/tcp0"))
        #expect(agent.waits(for: 200))
        #expect(agent.waits(for: 200, at: "/livez"))

        agent.process.send(SIGTERM)
        #expect(agent.process.waitForExit() == 0)
    }

    @Test("a change of the number takes a restart, and an agent with little to do has one loop")
    func restart() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: ["a.yaml": "probes:\n" + Self.targets(0..<3, port: server.port)])
        #expect(agent.waits(for: 200))
        #expect(Self.loops(of: agent) == ["probes"])
        #expect(agent.process.errors.contains("auto: the targets take 1 % of a processor by estimate"))
        let configuration = agent.folder.path + "/bellwether.yaml"
        let text = TemporaryFolder.read(configuration)
        agent.folder.write(
            "agent: {drain: 1s, loops: 2}\n" + text.split(separator: "\n").dropFirst().joined(separator: "\n"),
            to: "bellwether.yaml"
        )
        agent.process.send(SIGHUP)
        let isWarned = Deadline().wait { agent.process.errors.contains("they take a restart") ? true : nil }
        #expect(isWarned == true)
        #expect(Self.loops(of: agent) == ["probes"])
    }
}
