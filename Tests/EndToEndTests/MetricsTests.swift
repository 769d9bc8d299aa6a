// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// What others make of the metrics of a running agent.
@Suite("metrics, end to end")
struct MetricsTests {
    static let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// Prints each series, without its value, as one of the two parsers of Prometheus's Python client reads it; it stops with
    /// an error where the text breaks its format.
    ///
    /// The older parser adds `_total` to counters that lack it, so the ending is taken off everywhere.
    static let parser = """
        import sys
        from prometheus_client import parser as older
        from prometheus_client.openmetrics import parser as newer
        parse = {'older': older, 'newer': newer}[sys.argv[1]].text_string_to_metric_families
        for family in parse(open(sys.argv[2]).read()):
            assert family.documentation and family.samples, family.name
            for sample in family.samples:
                labels = ','.join('%s=%s' % pair for pair in sorted(sample.labels.items()))
                print('%s{%s}' % (sample.name.removesuffix('_total'), labels))
        """

    static func agent(in folder: TemporaryFolder, _ nginx: Nginx) throws -> Agent {
        let agent = try Agent(
            probes: [
                "two.yaml": """
                defaults: {interval: 200ms, timeout: 150ms}
                probes:
                  web: {http: 'http://127.0.0.1:\(nginx.port)/'}
                  down: {tcp: '127.0.0.1:1', impact: degrading, breaker: {failure_threshold: 1}}
                """
            ],
            in: folder
        )
        let isThere = Deadline().wait { () -> Bool? in
            let body = HTTPClient.get("/metrics", port: agent.port)?.body ?? ""
            let wanted = ["circuit_breaker_state{name=\"down\"} 1\n", "bellwether_probe_success{target=\"web\"} 1\n"]
            return wanted.allSatisfy { body.range(of: $0) != nil } ? true : nil
        }
        #expect(isThere == true)
        return agent
    }

    @Test("promtool only says that counters of breakers and bulkheads keep the names that their users know")
    func promtool() throws {
        let folder = TemporaryFolder()
        let nginx = Nginx(in: folder)
        defer { withExtendedLifetime(nginx) {} }
        let agent = try Self.agent(in: folder, nginx)
        let text = try #require(HTTPClient.get("/metrics", port: agent.port)).body
        let file = folder.write(text, to: "metrics.txt")
        let promtool = ChildProcess(["sh", "-c", "promtool check metrics < \(file)"], in: folder, name: "promtool")
        _ = promtool.waitForExit()
        let complaints = (promtool.output + promtool.errors).split(separator: "\n").map(String.init).sorted()
        let names = [
            "bulkhead_requests_rejected", "bulkhead_requests_timeout", "circuit_breaker_requests_failed",
            "circuit_breaker_requests_rejected", "circuit_breaker_requests_successful",
            "circuit_breaker_state_transitions",
        ]
        #expect(complaints == names.map { "\($0) counter metrics should have \"_total\" suffix" })
    }

    @Test("both formats are read by Prometheus's Python client and hold the same series")
    func parsers() throws {
        let folder = TemporaryFolder()
        let nginx = Nginx(in: folder)
        defer { withExtendedLifetime(nginx) {} }
        let agent = try Self.agent(in: folder, nginx)
        var run = 0
        func series(_ format: String, _ fields: String, _ type: String) throws -> [String] {
            run += 1
            let answer = try #require(HTTPClient.get("/metrics", port: agent.port, fields: fields))
            #expect(answer.headers["content-type"] == type)
            let file = folder.write(answer.body, to: "\(format).txt")
            let python = ChildProcess(
                [Self.repository + "/.build/python/bin/python", "-c", Self.parser, format, file],
                in: folder,
                name: "\(format)-\(run)"
            )
            #expect(python.waitForExit() == 0, "\(python.errors)")
            return python.output.split(separator: "\n").map(String.init).sorted()
        }
        func both() throws -> (older: [String], newer: [String]) {
            (
                try series("older", "", "text/plain; version=0.0.4; charset=utf-8"),
                try series(
                    "newer",
                    "Accept: application/openmetrics-text; version=1.0.0, text/plain;q=0.5\r\n",
                    "application/openmetrics-text; version=1.0.0; charset=utf-8"
                )
            )
        }
        // A first change of state between the two answers would make a series that one of them has not.
        var (older, newer) = try both()
        for _ in 0..<5 where older != newer { (older, newer) = try both() }
        #expect(older == newer)
        #expect(older.count > 150)
        for name in ["process_open_fds{}", "bellwether_config_valid{}", "circuit_breaker_state{name=down}"] {
            #expect(newer.contains(name))
        }
    }

    @Test("a refused reload is seen in the metrics, and so is an accepted one")
    func reload() throws {
        let agent = try Agent(probes: ["a.yaml": "probes: {a: {tcp: '127.0.0.1:1'}}\n"])
        func waits(for line: String) -> Bool {
            Deadline().wait {
                let body = HTTPClient.get("/metrics", port: agent.port)?.body ?? ""
                return body.range(of: line) != nil ? true : nil
            } ?? false
        }
        #expect(waits(for: "\nbellwether_config_valid 1\n"))
        agent.folder.write("probes: {a: {tcp: nonsense}}\n", to: "probes.d/a.yaml")
        agent.process.send(SIGHUP)
        #expect(waits(for: "\nbellwether_config_valid 0\n"))
        agent.folder.write("probes: {b: {tcp: '127.0.0.1:1'}}\n", to: "probes.d/a.yaml")
        agent.process.send(SIGHUP)
        #expect(waits(for: "\nbellwether_config_valid 1\n"))
        #expect(waits(for: "{target=\"b\","))
        let body = HTTPClient.get("/metrics", port: agent.port)?.body ?? ""
        #expect(body.range(of: "\"a\"") == nil, "a series vanishes with its target")
    }
}
