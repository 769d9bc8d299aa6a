// SPDX-License-Identifier: Apache-2.0

import Testing

/// What Nagios and Icinga see of a machine, by check_http and by the agent's own plugin.
@Suite("Nagios", .installed(.checkHTTP))
struct NagiosTests {
    @Test("check_http and status --format nagios say OK, WARNING and CRITICAL, and tell of a drain and an end")
    func plugins() throws {
        let site = Site()
        let host = try Host(of: site, number: 11)
        let text = try site.place(
            .nagios,
            ["bellwether status": Agent.binary + " status", "/run/bellwether/admin.sock": host.agent.socket]
        )
        let commands = text.split(separator: "\n").map(String.init)
        try #require(commands.count == 2)
        var runs = 0
        let words = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]
        /// The exit code of each, and the word of its output.
        func results() -> [String] {
            commands.map { command in
                runs += 1
                let plugin = ChildProcess(["sh", "-c", command], in: host.agent.folder, name: "plugin-\(runs)")
                let code = plugin.waitForExit() ?? -1
                return "\(code) \(words.first(where: plugin.output.contains) ?? plugin.output)"
            }
        }
        /// Waits until both say so.
        func wait(for wanted: [String]) {
            var seen: [String] = []
            let found = Deadline().wait { () -> Bool? in
                seen = results()
                return seen == wanted ? true : nil
            }
            if found == nil { Issue.record("\(seen), not \(wanted)") }
        }
        wait(for: ["0 OK", "0 OK"])
        host.cache.goDown()
        // A degraded machine works: only the agent's own plugin can warn.
        wait(for: ["0 OK", "1 WARNING"])
        host.database.goDown()
        wait(for: ["2 CRITICAL", "2 CRITICAL"])
        host.cache.comeBack()
        host.database.comeBack()
        wait(for: ["0 OK", "0 OK"])
        host.drain()
        wait(for: ["2 CRITICAL", "3 UNKNOWN"])
        #expect(host.agent.process.isRunning)
        #expect(host.end() == 0)
        wait(for: ["2 CRITICAL", "2 CRITICAL"])
    }
}
