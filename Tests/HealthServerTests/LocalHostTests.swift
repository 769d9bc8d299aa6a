// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Hosts that may be ours")
struct LocalHostTests {
    @Test(
        "an address, localhost and a name without a dot may be ours",
        arguments: [
            "", "127.0.0.1", "127.0.0.1:9797", "[::1]:9797", "10.0.0.7", "192.0.2.1:80", "localhost", "localhost:9797",
            "app.localhost", "APP.LocalHost:1", "bellwether", "bellwether:9797",
        ]
    )
    func ours(host: String) {
        #expect(LocalHost.mayBeOurs(host.utf8))
    }

    @Test(
        "a name that somebody can own is not",
        arguments: [
            "evil.example", "evil.example:9797", "127.0.0.1.evil.example", "a.b", "localhost.evil.example",
            "notlocalhost.",
            "xlocalhost.com", "1.2.3.4.a", "0x7f.1", "evil.",
        ]
    )
    func foreign(host: String) {
        #expect(!LocalHost.mayBeOurs(host.utf8))
    }
}

/// A page whose name was rebound to 127.0.0.1 asks with that name in `Host`.
@Suite("Names that lead here")
struct ReboundNameTests {
    private static func get(_ path: String, _ host: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(fields)\r\n"
    }

    @Test(
        "what is not public is refused to a foreign name on loopback",
        arguments: ["/metrics", "/api/v1/health", "/api/v1/targets", "/api/v1/openapi.json"]
    )
    func documents(path: String) async throws {
        try await RunningServer.run { running in
            let refused = try running.ask(Self.get(path, "evil.example:9797"))
            #expect(refused.code == 403)
            #expect(refused.body.contains("Host: \\\"evil.example:9797\\\" is not this listener"))
            #expect(try running.ask(Self.get(path, "localhost:9797")).code == 200)
            #expect(try running.ask("GET \(path) HTTP/1.0\r\n\r\n").code == 200, "no browser leaves Host out")
            let foreign = try running.ask(Self.get(path, "localhost", "Origin: http://evil.example\r\n"))
            #expect(foreign.code == 403)
        }
    }

    @Test(
        "a status keeps its code under every name, and loses names and texts under a foreign one",
        arguments: [
            "/readyz", "/", "/readyz?verbose", "/health", "/health?format=json", "/health/targets/db", "/readyz/db",
        ]
    )
    func statuses(path: String) async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock))
            let ours = try running.ask(Self.get(path, "127.0.0.1"))
            let foreign = try running.ask(Self.get(path, "app.example.com"))
            #expect(ours.code == 503)
            #expect(foreign.code == 503)
            #expect(ours.body.contains("db") || ours.body.contains("connection refused"))
            #expect(!foreign.body.contains("api") && !foreign.body.contains("connection refused"))
            #expect(try running.ask("GET \(path) HTTP/1.0\r\n\r\n").body == ours.body)
        }
    }

    @Test("prepared bytes and the full parser agree on a foreign name")
    func prepared() throws {
        let clock = StillClock()
        let texts = try [true, false].map { usesPreparedBytes in
            let connection = try EmbeddedConnection(
                clock: clock,
                snapshot: Snapshots.unhealthy(clock: clock),
                usesPreparedBytes: usesPreparedBytes
            )
            return try connection.receive(Self.get("/readyz", "evil.example"))
        }
        #expect(texts[0] == texts[1])
        #expect(texts[0].contains("[-]targets failed"))
    }

    @Test("where detail is for everybody, or a token guards, the name decides nothing")
    func meantForAll() async throws {
        var guarded = try RunningServer.anyPort()
        guarded.token = .file("/token")
        let papers = Papers(["file /token": "tok-123"])
        let listeners = [try RunningServer.anyPort(detail: .on), guarded]
        try await RunningServer.run(listeners: listeners, material: papers) { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock))
            let detailed = try running.ask(Self.get("/readyz", "app.example.com"))
            #expect(detailed.body.contains("[-]db failed"))
            let token = "Authorization: Bearer tok-123\r\n"
            let trusted = try running.ask(Self.get("/metrics", "app.example.com", token), listener: 1)
            #expect(trusted.code == 200)
        }
    }
}
