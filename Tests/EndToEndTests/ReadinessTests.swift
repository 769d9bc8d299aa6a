// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// What a load balancer sees while targets come and go.
@Suite("readiness, end to end")
struct ReadinessTests {
    @Test("a killed target makes the agent unready in time, a restarted one ready again by way of degraded")
    func killedAndRestarted() throws {
        let folder = TemporaryFolder()
        let nginx = Nginx(in: folder)
        let agent = try Agent(
            probes: [
                "web.yaml": """
                defaults: {interval: 300ms, timeout: 200ms, jitter: 0%}
                probes:
                  web:
                    http: http://127.0.0.1:\(nginx.port)/
                    breaker: {failure_threshold: 3, open_for: 500ms, success_threshold: 2, half_open_interval: 1s, backoff: {multiplier: 1, max: 500ms, jitter: 0%}}
                """
            ],
            in: folder
        )
        #expect(agent.waits(for: 200))

        nginx.kill()
        let killed = ContinuousClock.now
        #expect(agent.waits(for: 503))
        let detection = ContinuousClock.now - killed
        // failure_threshold × interval + timeout, and as much again for a machine under load.
        #expect(detection < .milliseconds(2 * (3 * 300 + 200)))
        let down = HTTPClient.get("/health/targets/web", port: agent.port)
        #expect(down?.status == 503)
        #expect(down?.body.range(of: "refused") != nil)

        nginx.start()
        let degraded = Deadline().wait { () -> HTTPAnswer? in
            guard let answer = HTTPClient.get("/readyz", port: agent.port), answer.status == 200 else { return nil }
            return answer
        }
        #expect(degraded?.headers["x-envoy-degraded"] == "1", "the first 200 after a failure is a degraded one")
        let healthy = Deadline().wait { () -> HTTPAnswer? in
            guard let answer = HTTPClient.get("/readyz", port: agent.port), answer.status == 200 else { return nil }
            return answer.headers["x-envoy-degraded"] == nil ? answer : nil
        }
        #expect(healthy != nil)
    }

    @Test("SIGTERM answers 503 at once, keeps answering for the drain time, and exits 0")
    func drain() throws {
        let folder = TemporaryFolder()
        let nginx = Nginx(in: folder)
        let agent = try Agent(
            probes: [
                "web.yaml":
                    "probes: {web: {http: 'http://127.0.0.1:\(nginx.port)/', interval: 500ms, timeout: 400ms}}\n"
            ],
            settings: "agent: {drain: 3s}\n",
            in: folder
        )
        #expect(agent.waits(for: 200))
        agent.process.send(SIGTERM)
        let draining = Deadline().wait { () -> HTTPAnswer? in
            guard let answer = HTTPClient.get("/readyz", port: agent.port), answer.status == 503 else { return nil }
            return answer
        }
        #expect(draining?.headers["x-envoy-immediate-health-check-fail"] == "true")
        #expect(agent.code("/livez") == 200)
        #expect(agent.process.isRunning)
        #expect(agent.process.waitForExit() == 0)
        #expect(agent.code() == nil)
    }

    @Test("a second SIGTERM ends the drain at once")
    func secondSignal() throws {
        let agent = try Agent(probes: [:], settings: "agent: {drain: 10m}\n")
        agent.process.send(SIGTERM)
        #expect(agent.waits(for: 503))
        _ = Deadline().wait { agent.process.errors.range(of: "draining") != nil ? true : nil }
        agent.process.send(SIGTERM)
        #expect(agent.process.waitForExit() == 0)
    }

    @Test("every load balancer's way of asking gets the same verdict", arguments: ["GET", "HEAD", "OPTIONS"])
    func methods(method: String) throws {
        let server = ScriptedServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        let agent = try Agent(
            probes: [
                "a.yaml": "probes: {a: {http: 'http://127.0.0.1:\(server.port)/', interval: 500ms, timeout: 400ms}}\n"
            ]
        )
        #expect(agent.waits(for: 200))
        for path in [
            "/readyz", "/health/ready", "/health", "/livez", "/health/live", "/startupz", "/", "/readyz?verbose",
        ] {
            #expect(HTTPClient.get(path, port: agent.port, method: method)?.status == 200, "\(method) \(path)")
        }
        let bare = HTTPClient.exchange("\(method) /readyz HTTP/1.0\r\n\r\n", port: agent.port)
        #expect(bare.map { String(decoding: $0.prefix(12), as: UTF8.self) }?.hasSuffix("200") == true)
        #expect(HTTPClient.get("/nothing", port: agent.port, method: method)?.status == 404)
        #expect(HTTPClient.get("/readyz", port: agent.port, method: "DELETE")?.status == 405)
    }
}
