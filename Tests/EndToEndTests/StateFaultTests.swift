// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// The built agent on disks that fail: it probes and answers all the same, says what is wrong, and loses nothing that is not its to lose.
@Suite("faults of the state, end to end")
struct StateFaultTests {
    private static func probe(port: UInt16) -> [String: String] {
        ["a.yaml": "probes: {a: {tcp: '127.0.0.1:\(port)', interval: 1m, timeout: 5s}}\n"]
    }

    private static func shows(_ problem: Bool, _ agent: Agent) -> Bool {
        let line = "bellwether_internal_problem{problem=\"state\"} \(problem ? 1 : 0)\n"
        let found = Deadline(.seconds(60)).wait(every: .milliseconds(100)) { () -> Bool? in
            HTTPClient.get("/metrics", port: agent.port)?.body.range(of: line) != nil ? true : nil
        }
        return found ?? false
    }

    private static func ends(_ agent: Agent) {
        agent.process.send(SIGTERM)
        #expect(agent.process.waitForExit() == 0)
    }

    @Test("a damaged database is put aside whole, a new one is begun, and both are said")
    func damaged() throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        let rubbish = String(repeating: "no database at all ", count: 1_000)
        folder.write(rubbish, to: "state/state.db")
        let agent = try Agent(probes: Self.probe(port: server.port), settings: "agent: {drain: 0s}\n", in: folder)
        #expect(agent.waits(for: 200))
        #expect(Self.shows(false, agent))
        #expect(agent.process.errors.range(of: "the state was damaged and is put aside") != nil)
        let names = TemporaryFolder.entries(of: folder.path + "/state")
        let aside = try #require(names.first { $0.hasPrefix("state.db.corrupt-") })
        #expect(TemporaryFolder.read(folder.path + "/state/" + aside) == rubbish)
        Self.ends(agent)
        #expect(TemporaryFolder.read(folder.path + "/state/state.db").hasPrefix("SQLite format 3"))
    }

    @Test("a directory that is removed under the agent is made again, with what the agent knows")
    func removed() throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        let probes = Self.probe(port: server.port)
        do {
            let agent = try Agent(probes: probes, settings: "agent: {drain: 0s}\n", in: folder)
            #expect(agent.waits(for: 200))
            let state = folder.path + "/state"
            for name in TemporaryFolder.entries(of: state) { unlink(state + "/" + name) }
            rmdir(state)
            #expect(Self.shows(true, agent))
            #expect(agent.code() == 200)
            #expect(Self.shows(false, agent))
            Self.ends(agent)
            unlink(agent.process.errorPath)
        }
        let agent = try Agent(probes: probes, settings: "agent: {drain: 0s}\n", in: folder)
        #expect(agent.code() == 200, "the verdict was kept")
    }

    @Test(
        "a disk that is full, or may not be written, leaves state in memory, and says so",
        .enabled(if: getuid() == 0, "only root may mount"),
        arguments: ["size=32k", "size=8m,nr_inodes=2", "size=8m,ro"]
    )
    func smallDisk(options: String) throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        mkdir(folder.path + "/state", 0o700)
        let mount = "mount -t tmpfs -o \(options) none '\(folder.path)/state' && exec \"$@\""
        let agent = try Agent(
            probes: Self.probe(port: server.port),
            settings: "agent: {drain: 0s}\n",
            in: folder,
            through: ["unshare", "-m", "--propagation", "private", "sh", "-c", mount, "sh"]
        )
        #expect(agent.waits(for: 200))
        #expect(Self.shows(true, agent))
        #expect(agent.code() == 200)
        let lines = agent.process.errors.split(separator: "\n").filter { $0.contains("keeps its state in memory only") }
        #expect(lines.count == 1, "said once: \(lines)")
        #expect(TemporaryFolder.entries(of: folder.path + "/state") == [], "the disk is another one")
        Self.ends(agent)
    }

    @Test("`state: none` keeps nothing, lacks nothing, and stored history says why there is none")
    func none() throws {
        let server = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        let agent = try Agent(
            probes: Self.probe(port: server.port),
            settings: "agent: {drain: 0s, state: none}\n",
            in: folder
        )
        #expect(agent.waits(for: 200))
        #expect(Self.shows(false, agent))
        let answer = HTTPClient.get("/api/v1/targets/a/history?resolution=minute", port: agent.port)
        #expect(answer?.status == 422)
        #expect(answer?.body.range(of: "the agent keeps no state, so no history is stored") != nil)
        #expect(agent.code("/api/v1/targets/a/history") == 200)
        Self.ends(agent)
        #expect(!TemporaryFolder.entries(of: folder.path).contains("state"))
    }

    @Test("stored history is answered from the database, and is about targets that there are")
    func history() throws {
        let server = ScriptedServer { _ in }
        let agent = try Agent(probes: Self.probe(port: server.port), settings: "agent: {drain: 0s}\n")
        #expect(agent.waits(for: 200))
        for step in ["minute", "hour"] {
            let answer = HTTPClient.get("/api/v1/targets/a/history?resolution=\(step)&limit=1440", port: agent.port)
            #expect(answer?.status == 200)
            #expect(answer?.body.range(of: "{\"target\":\"a\",\"resolution\":\"\(step)\",") != nil)
        }
        #expect(agent.code("/api/v1/targets/b/history?resolution=minute") == 404)
    }
}
