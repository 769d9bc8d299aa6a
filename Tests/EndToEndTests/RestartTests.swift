// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// What the agent knows after it was killed, and after it ended well.
@Suite("restart, end to end")
struct RestartTests {
    /// Probed some seconds after the start only, so that whatever is shown before that is restored.
    private static func probe(port: UInt16) -> [String: String] {
        [
            "kept.yaml": """
            probes:
              kept: {tcp: '127.0.0.1:\(port)', interval: 20s, timeout: 1s, initial_delay: 3s}
              guarded:
                http:
                  url: http://127.0.0.1:\(port)/
                  auth: {bearer: canary-of-a-token}
                impact: informational
                interval: 1s
                timeout: 500ms
            """
        ]
    }

    private static func isRestored(_ agent: Agent) -> Bool? {
        HTTPClient.get("/api/v1/targets/kept", port: agent.port).flatMap { JSONText.value("restored", in: $0.body) }
            .map { $0 == "true" }
    }

    @Test(
        "P2, P8: what was healthy is healthy at once after a kill, and marked until a probe confirms it",
        arguments: [SIGKILL, SIGTERM]
    )
    func restart(signal: CInt) throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        let probes = Self.probe(port: server.port)
        let settings = "agent: {drain: 0s}\n"
        do {
            let agent = try Agent(probes: probes, settings: settings, in: folder)
            #expect(agent.code() == 503, "nothing is known at the first start")
            #expect(agent.waits(for: 200))
            #expect(Self.isRestored(agent) == false)
            // The verdict goes to the disk within a second.
            let path = folder.path + "/state/state.db-wal"
            let isWritten = Deadline().wait { () -> Bool? in
                TemporaryFolder.read(path).range(of: "keptclosedclosedstartinghealthy") != nil ? true : nil
            }
            #expect(isWritten == true || signal == SIGTERM)
            agent.process.send(signal)
            #expect(agent.process.waitForExit() == (signal == SIGKILL ? 137 : 0))
            // The next one listens elsewhere, and says so in the same file.
            unlink(agent.process.errorPath)
        }
        let agent = try Agent(probes: probes, settings: settings, in: folder)
        #expect(agent.code() == 200)
        #expect(Self.isRestored(agent) == true)
        let isConfirmed = Deadline().wait { Self.isRestored(agent) == false ? true : nil }
        #expect(isConfirmed == true)
        #expect(agent.code() == 200)
    }

    @Test("P12: no file of the state holds a secret")
    func secrets() throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        let agent = try Agent(probes: Self.probe(port: server.port), settings: "agent: {drain: 0s}\n", in: folder)
        #expect(agent.waits(for: 200))
        agent.process.send(SIGTERM)
        #expect(agent.process.waitForExit() == 0)
        let state = TemporaryFolder.read(folder.path + "/state/state.db")
        #expect(state.range(of: "guarded") != nil, "it is the state of this agent")
        #expect(state.range(of: "canary") == nil)
    }

    @Test("a state directory that cannot be had keeps nothing from starting, and is shown")
    func unusable() throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        folder.write("", to: "file")
        let agent = try Agent(
            probes: Self.probe(port: server.port),
            settings: "agent: {drain: 0s, state: \(folder.path)/file/state}\n",
            in: folder
        )
        #expect(agent.waits(for: 200))
        let document = HTTPClient.get("/health", port: agent.port)?.body ?? ""
        #expect(document.range(of: "the agent keeps its state in memory only") != nil, "\(document)")
        #expect(agent.process.errors.range(of: "keeps its state in memory only") != nil)
    }
}
