// SPDX-License-Identifier: Apache-2.0

import Testing

/// Targets that break, stall or flood: each a failed probe with the right reason, within its timeout.
@Suite("bad targets, end to end")
struct BadTargetsTests {
    /// One way of being a bad HTTP target, and the reason it must get.
    struct Behaviour: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var reasons: [String]
        var script: @Sendable (Connection) -> Void

        init(_ name: String, _ reasons: String..., script: @escaping @Sendable (Connection) -> Void) {
            testDescription = name
            self.reasons = reasons
            self.script = script
        }
    }

    static let behaviours = [
        Behaviour("sends garbage", "protocol") { connection in
            connection.readRequest()
            connection.write("\u{1}\u{2}garbage garbage\r\n\r\n")
        },
        Behaviour("closes without a word", "protocol", "reset") { connection in
            connection.readRequest()
        },
        Behaviour("resets", "reset") { connection in
            connection.readRequest()
            connection.resetOnClose()
        },
        Behaviour("closes in the middle of the body", "protocol") { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        },
        Behaviour("never answers", "timeout") { connection in
            connection.hold()
        },
        Behaviour("sends one byte per second of the header", "timeout") { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nX: ")
            connection.hold(sendingEverySecond: "x")
        },
        Behaviour("sends one byte per second of the body", "timeout") { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            connection.hold(sendingEverySecond: "x")
        },
        Behaviour("sends an endless body", "too_large") { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            let block = String(repeating: "x", count: 65_536)
            while connection.write(block) {}
        },
        Behaviour("sends endless headers", "protocol") { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-Header: " + String(repeating: "x", count: 200) + "\r\n") {}
        },
        Behaviour("answers 500", "status") { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
        },
    ]

    @Test("P5: an HTTP target that misbehaves fails with its reason, within the timeout", arguments: behaviours)
    func misbehaving(behaviour: Behaviour) throws {
        let server = ScriptedServer(behaviour.script)
        let folder = TemporaryFolder()
        let probe = ChildProcess(
            [
                Agent.binary, "probe", "--http", "http://127.0.0.1:\(server.port)/", "--timeout", "1s",
                "--format", "json",
            ],
            in: folder,
            name: "probe"
        )
        #expect(probe.waitForExit() == 2, "\(probe.errors)")
        let reason = try #require(JSONText.value("reason", in: probe.output), "\(probe.output)")
        #expect(behaviour.reasons.contains(reason), "\(probe.output)")
        let duration = try #require(JSONText.value("duration_s", in: probe.output).flatMap(Double.init))
        // P5 allows 50 ms past the timeout; the rest is room for a machine under load.
        #expect(duration < 1.5)
    }

    @Test("P3: 200 targets that hang leave 1,000 others alone")
    func hangingTargetsAreAlone() throws {
        let silent = ScriptedServer { connection in connection.hold() }
        let folder = TemporaryFolder()
        let nginx = Nginx(in: folder)
        var probes = "defaults: {interval: 2s, timeout: 1900ms}\nprobes:\n"
        for index in 0..<200 {
            probes += "  hung-\(index): {http: 'http://127.0.0.1:\(silent.port)/', impact: informational, "
            probes += "breaker: {while_open: observe}}\n"
        }
        for index in 0..<1_000 { probes += "  good-\(index): {http: 'http://127.0.0.1:\(nginx.port)/'}\n" }
        let agent = try Agent(probes: ["all.yaml": probes], in: folder)
        #expect(agent.waits(for: 200))

        // Long enough for every hung target to have timed out several times.
        let hasRun = Deadline(.seconds(60)).wait(every: .milliseconds(250)) { () -> Bool? in
            let target = HTTPClient.get("/api/v1/targets/good-0", port: agent.port)?.body
            let passed = target.flatMap { JSONText.value("succeeded", in: $0) }.flatMap { Int($0) } ?? 0
            return passed >= 4 ? true : nil
        }
        #expect(hasRun == true)
        #expect(agent.code() == 200)
        let metrics = try #require(HTTPClient.get("/metrics", port: agent.port)?.body)
        let counts = Self.probes(in: metrics)
        #expect(counts["good", default: [:]]["healthy", default: 0] >= 3_000)
        #expect(counts["good", default: [:]]["unhealthy", default: 0] == 0)
        #expect(counts["hung", default: [:]]["healthy", default: 0] == 0)
        #expect(counts["hung", default: [:]]["unhealthy", default: 0] >= 400)
    }

    /// Adds `bellwether_probes_total` up: the name before the dash → verdict → probes.
    private static func probes(in metrics: String) -> [Substring: [Substring: Int]] {
        var counts: [Substring: [Substring: Int]] = [:]
        for line in metrics.utf8.split(separator: UInt8(ascii: "\n")) {
            guard line.starts(with: "bellwether_probes_total{".utf8) else { continue }
            let parts = Substring(line).split(separator: "\"")
            guard parts.count == 5, let count = Int(parts[4].dropFirst(2)) else { continue }
            counts[parts[1].prefix { $0 != "-" }, default: [:]][parts[3], default: 0] += count
        }
        return counts
    }
}
