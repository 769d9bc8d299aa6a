// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// What a real HAProxy makes of the agents of two machines.
@Suite("HAProxy", .installed(.haproxy))
struct HAProxyTests {
    static let fast: KeyValuePairs = ["inter 2s fall 3 rise 2": "inter 100ms fall 3 rise 2"]

    @Test("a plain httpchk, OPTIONS / HTTP/1.0 without Host, takes a machine out and back, and out before the end")
    func plain() throws {
        let site = Site()
        let first = try Host(of: site, number: 11)
        let second = try Host(of: site, number: 12)
        let haproxy = try HAProxy(site.place(.haproxyPlain, Self.fast), at: site)
        haproxy.waits(for: "UP", ["check_status": "L7OK", "check_code": "200"])
        #expect(haproxy.waits(forAnswersOf: ["11", "12"]))
        first.cache.goDown()
        #expect(first.agent.waits(for: 200, with: "x-envoy-degraded"))
        #expect(haproxy.server("app1")["status"]?.hasPrefix("UP") == true, "a degraded machine stays in")
        first.database.goDown()
        haproxy.waits(for: "DOWN", ["check_status": "L7STS", "check_code": "503"])
        #expect(haproxy.waits(forAnswersOf: ["12"]))
        first.database.comeBack()
        haproxy.waits(for: "UP")
        first.drain()
        haproxy.waits(for: "DOWN", ["check_status": "L7STS", "check_code": "503"])
        #expect(haproxy.waits(forAnswersOf: ["12"]))
        #expect(first.agent.process.isRunning, "the machine is out before its agent ends")
        #expect(first.end() == 0)
        #expect(second.agent.process.isRunning)
    }

    @Test("a check that says what it sends and expects, and which state it keeps, sees the same")
    func full() throws {
        let site = Site()
        let first = try Host(of: site, number: 11)
        let second = try Host(of: site, number: 12)
        let haproxy = try HAProxy(
            site.place(.haproxyFull, ["inter 2s fastinter 500ms": "inter 100ms fastinter 50ms"]),
            at: site
        )
        haproxy.waits(for: "UP", ["check_status": "L7OK", "check_code": "200"])
        first.database.goDown()
        haproxy.waits(for: "DOWN", ["check_status": "L7STS", "check_code": "503"])
        first.database.comeBack()
        haproxy.waits(for: "UP")
        first.drain()
        haproxy.waits(for: "DOWN")
        #expect(first.agent.process.isRunning)
        #expect(first.end() == 0)
        haproxy.waits(for: "UP", of: "app2")
        #expect(second.agent.process.isRunning)
    }

    @Test("the agent check says ready, a weight, down and drain, and names a target; the check beside it decides, too")
    func agentCheck() throws {
        let site = Site()
        let first = try Host(of: site, number: 11)
        let second = try Host(of: site, number: 12)
        let haproxy = try HAProxy(
            site.place(
                .haproxyAgent,
                // The check is slow here, so that what is seen first is what the agent check says.
                ["check port 9797 inter 2s": "check port 9797 inter 1s", "agent-inter 2s": "agent-inter 100ms"]
            ),
            at: site
        )
        haproxy.waits(for: "UP", ["weight": "100", "agent_status": "L7OK"])
        haproxy.waits(for: "no check", ["weight": "100"], in: "reports")
        first.cache.goDown()
        // The required target is healthy, the degrading one is not: half.
        haproxy.waits(for: "UP", ["weight": "50"])
        haproxy.waits(for: "DOWN (agent)", in: "reports")
        first.database.goDown()
        haproxy.waits(for: "DOWN (agent)")
        #expect(haproxy.server("app1")["last_agt"]?.isEmpty == false)
        first.cache.comeBack()
        first.database.comeBack()
        haproxy.waits(for: "UP", ["weight": "100"])
        haproxy.waits(for: "no check", ["weight": "100"], in: "reports")
        first.drain()
        #expect(haproxy.waits(forAnswersOf: ["12"]))
        haproxy.waits(for: "DRAIN (agent)", in: "reports")
        // The check beside it goes on to fail.
        haproxy.waits(for: "DOWN")
        #expect(first.agent.process.isRunning, "the machine is out before its agent ends")
        #expect(first.end() == 0)
        #expect(second.agent.process.isRunning)
    }

    @Test("one agent beside HAProxy answers for every server by its name; one without a target is stopped softly")
    func central() throws {
        let site = Site()
        let targets = ["app1": Target(), "app2": Target()]
        func probes(_ names: [String]) -> String {
            "defaults: {interval: 200ms, timeout: 190ms, breaker: {failure_threshold: 2, open_for: 300ms, "
                + "success_threshold: 1, backoff: {multiplier: 1, max: 300ms}}}\nprobes:\n"
                + names.map { "  \($0): {http: 'http://127.0.0.1:\(targets[$0]?.port ?? 0)/'}\n" }.joined()
        }
        let agent = try Agent(
            probes: ["app.yaml": probes(["app1", "app2"])],
            settings: "agent: {drain: 20s}\nlisten:\n  - {address: '127.0.0.1:\(site.healthPort)', detail: false}\n"
        )
        #expect(agent.waits(for: 200))
        let haproxy = try HAProxy(site.place(.haproxyCentral, Self.fast), at: site)
        haproxy.waits(for: "UP", of: "app1")
        targets["app1"]?.goDown()
        haproxy.waits(for: "DOWN", ["check_code": "503"], of: "app1")
        haproxy.waits(for: "UP", of: "app2")
        targets["app1"]?.comeBack()
        haproxy.waits(for: "UP", of: "app1")
        agent.folder.write(probes(["app2"]), to: "probes.d/app.yaml")
        agent.process.send(SIGHUP)
        haproxy.waits(for: "NOLB", ["check_code": "404"], of: "app1")
        agent.folder.write(probes(["app1", "app2"]), to: "probes.d/app.yaml")
        agent.process.send(SIGHUP)
        haproxy.waits(for: "UP", ["check_code": "200"], of: "app1")
    }
}
