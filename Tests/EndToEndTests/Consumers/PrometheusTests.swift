// SPDX-License-Identifier: Apache-2.0

import Testing

/// What a real Prometheus makes of the agents of two machines.
@Suite("Prometheus", .installed(.prometheus))
struct PrometheusTests {
    /// A real Prometheus with the scrape and the rules of the document.
    final class Prometheus {
        private let port: UInt16
        private let process: ChildProcess

        init(_ configuration: String, rules: String, at site: Site, in folder: TemporaryFolder) throws {
            port = site.adminPort
            folder.write(rules, to: "bellwether.rules.yaml")
            process = ChildProcess(
                [
                    try Consumer.prometheus.required(),
                    "--config.file=" + folder.write(configuration, to: "prometheus.yaml"),
                    "--storage.tsdb.path=\(folder.path)/data", "--web.listen-address=127.0.0.1:\(port)",
                    "--log.level=error",
                ],
                in: folder,
                name: "prometheus"
            )
        }

        /// Waits until the only sample of an expression has this value; records an issue when it does not.
        func waits(for value: String, of expression: String) {
            var seen = ""
            let query = expression.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            let found = Deadline().wait { () -> Bool? in
                seen = HTTPClient.get("/api/v1/query?query=\(query)", port: port)?.body ?? ""
                return seen.contains("\"resultType\":\"vector\"") && seen.contains(",\"\(value)\"]}]") ? true : nil
            }
            if found == nil { Issue.record("\(expression) is \(seen), not \(value): \(process.errors)") }
        }
    }

    @Test("a scrape with a token sees every status, and the alerts of the document fire and end")
    func alerts() throws {
        let folder = TemporaryFolder()
        let token = folder.write("a-token-of-more-than-32-characters-0123456789\n", to: "bellwether.token", mode: 0o600)
        let site = Site()
        let first = try Host(of: site, number: 11, agentFields: ", token: {file: \(token)}")
        let second = try Host(of: site, number: 12, agentFields: ", token: {file: \(token)}")
        let rules = try site.place(.prometheusRules, ["for: 1m": "for: 0s", "for: 15m": "for: 0s"])
        let prometheus = try Prometheus(
            site.place(.prometheus, ["_interval: 5s": "_interval: 200ms", "/etc/prometheus/bellwether.token": token]),
            rules: rules,
            at: site,
            in: folder
        )
        func status(_ status: String, of host: Host) -> String {
            "bellwether_aggregate_status{instance=\"\(host.address):\(site.healthPort)\",status=\"\(status)\"}"
        }
        func firing(_ alert: String) -> String {
            "count(ALERTS{alertname=\"\(alert)\",alertstate=\"firing\"}) or vector(0)"
        }
        prometheus.waits(for: "1", of: status("healthy", of: first))
        prometheus.waits(for: "1", of: status("healthy", of: second))
        prometheus.waits(for: "0", of: firing("BellwetherUnhealthy"))
        first.cache.goDown()
        prometheus.waits(for: "1", of: firing("BellwetherDegraded"))
        first.database.goDown()
        prometheus.waits(for: "1", of: status("unhealthy", of: first))
        prometheus.waits(for: "1", of: firing("BellwetherUnhealthy"))
        first.database.comeBack()
        first.cache.comeBack()
        prometheus.waits(for: "1", of: status("healthy", of: first))
        prometheus.waits(for: "0", of: firing("BellwetherUnhealthy"))
        first.drain()
        prometheus.waits(for: "1", of: status("draining", of: first))
        #expect(first.agent.process.isRunning)
        #expect(first.end() == 0)
        prometheus.waits(for: "1", of: firing("BellwetherGone"))
        prometheus.waits(for: "1", of: status("healthy", of: second))
    }

    @Test("promtool finds nothing wrong with the rules", .installed(.promtool))
    func rules() throws {
        let folder = TemporaryFolder()
        let file = folder.write(Snippet(.prometheusRules).text, to: "rules.yaml")
        let promtool = ChildProcess(
            [try Consumer.promtool.required(), "check", "rules", file],
            in: folder,
            name: "promtool"
        )
        #expect(promtool.waitForExit() == 0, "\(promtool.output) \(promtool.errors)")
        #expect(promtool.output.contains("SUCCESS: 5 rules found"))
    }
}
