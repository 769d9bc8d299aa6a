// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Scripts of a running agent: nothing of them is left when it ends.
@Suite("scripts, end to end")
struct ScriptTests {
    @Test("P13: when the agent ends, no process of a script that was running is left")
    func nothingIsLeft() throws {
        let folder = TemporaryFolder()
        let marker = "bellwether-test-\(UInt64.random(in: .min ... .max))"
        // One that ignores SIGTERM, and one that leaves its session.
        let script =
            "#!/bin/sh\ntrap '' TERM\nsetsid sleep 600 \(marker) &\necho started > \(folder.path)/started\nsleep 600\n"
        let path = folder.write(script, to: "scripts/stays", mode: 0o755)
        let agent = try Agent(
            probes: ["a.yaml": "probes: {stays: {script: [\(path)], interval: 60s, timeout: 50s}}\n"],
            settings: "agent: {drain: 0s}\n",
            in: folder
        )
        let started = Deadline().wait { TemporaryFolder.read(folder.path + "/started").isEmpty ? nil : true }
        #expect(started == true)
        agent.process.send(SIGTERM)
        #expect(agent.process.waitForExit() == 0)
        #expect(Self.processes(with: path).isEmpty)
        #expect(Self.processes(with: marker).isEmpty)
    }

    @Test("a script's exit code, output and performance data reach the API")
    func outcome() throws {
        let folder = TemporaryFolder()
        let path = folder.write(
            "#!/bin/sh\necho \"WARNING: warm | heat=81;80;90\"\nexit 1\n",
            to: "scripts/warm",
            mode: 0o755
        )
        let agent = try Agent(
            probes: ["a.yaml": "probes: {warm: {script: [\(path)], interval: 1s, timeout: 900ms}}\n"],
            in: folder
        )
        #expect(agent.waits(for: 200))
        let ready = HTTPClient.get("/readyz", port: agent.port)
        #expect(ready?.headers["x-envoy-degraded"] == "1")
        let target = HTTPClient.get("/api/v1/targets/warm", port: agent.port)?.body ?? ""
        #expect(JSONText.value("verdict", in: target) == "degraded")
        #expect(JSONText.value("exit_code", in: target) == "1")
        #expect(JSONText.value("label", in: target) == "heat")
    }

    /// The command lines of running processes that contain `text`.
    private static func processes(with text: String) -> [String] {
        TemporaryFolder.entries(of: "/proc").filter { $0.allSatisfy(\.isNumber) }.compactMap { id in
            let commandLine = TemporaryFolder.read("/proc/\(id)/cmdline")
            return commandLine.range(of: text) != nil && id != String(getpid()) ? commandLine : nil
        }
    }
}
