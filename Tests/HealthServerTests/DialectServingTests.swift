// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Dialects over real sockets")
struct DialectServingTests {
    static let formats: [String] = ["text", "health+json", "actuator", "aspnet", "consul", "json"]

    static let healthWords = [
        "text": "ok", "health+json": "{\"status\":\"pass\"", "actuator": "{\"status\":\"UP\"", "aspnet": "Healthy",
        "consul": "passing\n", "json": "{\"status\":\"healthy\"",
    ]

    @Test("each format is answered on each path of a status", arguments: formats)
    func everyPath(format: String) async throws {
        let word = try #require(Self.healthWords[format])
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            for path in ["/health", "/readyz", "/health/ready", "/", "/health/targets/db", "/readyz/db"] {
                let answer = try running.get("\(path)?format=\(format)")
                #expect(answer.code == 200)
                #expect(answer.body.hasPrefix(word), "\(path): \(answer.body)")
                #expect((answer.fields["vary"] == "Accept") == ["aspnet", "consul"].contains(format))
            }
        }
    }

    @Test("GET, HEAD and OPTIONS have the verdict's code in every format", arguments: formats)
    func methods(format: String) async throws {
        try await RunningServer.run { running in
            for (snapshot, code) in [
                (Snapshots.healthy(clock: running.clock), 200),
                (Snapshots.degraded(clock: running.clock, sequence: 2), format == "consul" ? 429 : 200),
                (Snapshots.unhealthy(clock: running.clock, sequence: 3), 503),
            ] {
                await running.publish(snapshot)
                let get = try running.get("/health?format=\(format)")
                let request = " /health?format=\(format) HTTP/1.1\r\nHost: a\r\n\r\n"
                let head = try running.ask("HEAD" + request, hasBody: false)
                let options = try running.ask("OPTIONS" + request)
                #expect([get.code, head.code, options.code] == [code, code, code])
                #expect(head.fields == get.fields)
                #expect(options.body == get.body)
                #expect(options.fields["allow"] == "GET, HEAD, OPTIONS")
                #expect(get.fields["retry-after"] == (code == 503 ? "5" : nil))
            }
        }
    }

    @Test(
        "Accept chooses on /health, and what it cannot choose is the default",
        arguments: [
            ("", "application/health+json"),
            ("Accept: */*\r\n", "application/health+json"),
            ("Accept: text/plain\r\n", "text/plain; charset=utf-8"),
            ("Accept: application/json;q=0.5, text/plain;q=0.4\r\n", "application/json"),
            ("Accept: application/json;q=0.5\r\nAccept: text/plain\r\n", "text/plain; charset=utf-8"),
            (
                "Accept: application/vnd.spring-boot.actuator.v3+json\r\n",
                "application/vnd.spring-boot.actuator.v3+json"
            ),
            ("Accept: image/png\r\n", "application/health+json"),
            ("Accept: text/plain;q=2, nonsense\r\n", "application/health+json"),
        ]
    )
    func accept(fields: String, type: String) async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            for path in ["/health", "/health/targets/api"] {
                let answer = try running.get(path, fields: fields)
                #expect(answer.code == 200)
                #expect(answer.fields["content-type"] == type)
                #expect(answer.fields["vary"] == "Accept")
            }
            let ready = try running.get("/readyz", fields: fields)
            #expect(ready.body == "ok")
            #expect(ready.fields["vary"] == nil)
        }
    }

    @Test(
        "a query that is not understood is 400 in our error shape, with what is allowed",
        arguments: [
            (
                "/health?format=xml",
                "unknown format \\\"xml\\\" (use text, health+json, actuator, aspnet, consul or json)"
            ),
            (
                "/readyz?format=xml",
                "unknown format \\\"xml\\\" (use text, health+json, actuator, aspnet, consul or json)"
            ),
            ("/health?verbose", "verbose and exclude belong to the text format (add format=text)"),
            ("/readyz/db?exclude=db", "exclude works on the aggregate only"),
            ("/livez?format=json", "unknown query parameter \\\"format\\\" (use verbose or exclude=name)"),
            ("/api/v1/health?format=json", "unknown query: \\\"format=json\\\" (none is understood here)"),
        ]
    )
    func refused(target: String, message: String) async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let answer = try running.get(target)
            #expect(answer.code == 400)
            #expect(answer.body.contains("\"error\":\"bad_request\",\"message\":\"\(message)\""), "\(answer.body)")
        }
    }

    @Test("the text format takes verbose and exclude on /health too")
    func textOnHealth() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock))
            let verbose = try running.get("/health?format=text&verbose")
            #expect(verbose.code == 503)
            #expect(verbose.body.hasSuffix("readyz check failed\n"))
            let excluded = try running.get("/health?format=text&exclude=db")
            #expect(excluded.code == 200)
            #expect(excluded.body == "ok")
        }
    }

    @Test("a listener without detail names no target in any format", arguments: formats)
    func withoutDetail(format: String) async throws {
        try await RunningServer.run(listeners: [RunningServer.anyPort(detail: .off)]) { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock))
            for fields in ["", "Accept: application/json\r\n"] {
                let answer = try running.get("/health?format=\(format)", fields: fields)
                #expect(answer.code == 503)
                #expect(!answer.body.contains("db"), "\(answer.body)")
                #expect(!answer.body.contains("5432"), "\(answer.body)")
            }
        }
    }

    @Test("an answer that was kept is not given to a request that asked otherwise")
    func keptApart() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock))
            for _ in 0..<2 {
                #expect(try running.get("/health?format=text&exclude=db").code == 200)
                #expect(try running.get("/health?format=text").code == 503)
                #expect(try running.get("/health?format=aspnet").body == "Unhealthy")
                let report = try running.get("/health?format=aspnet", fields: "Accept: application/json\r\n")
                #expect(report.body.hasPrefix("{\"status\":\"Unhealthy\""))
            }
        }
    }
}
