// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Synchronization
import Testing

@testable import HealthServer

/// A desk that notes what it is asked, and answers from a script.
final class ScriptedDesk: AdminDesk {
    let commands = Mutex<[AdminCommand]>([])
    let calls = Mutex<[AdminCall]>([])
    private let script: @Sendable (AdminCommand) -> AdminResult?
    private let unanswered = Mutex<[AdminReply]>([])

    /// - Parameter script: what a command is answered with; nil never answers.
    init(_ script: @escaping @Sendable (AdminCommand) -> AdminResult?) {
        self.script = script
    }

    func take(_ command: AdminCommand, reply: AdminReply) {
        commands.withLock { $0.append(command) }
        if let result = script(command) { reply.answer(result) } else { unanswered.withLock { $0.append(reply) } }
    }

    func called(_ call: AdminCall) {
        calls.withLock { $0.append(call) }
    }
}

@Suite("Calls that change something")
struct CallTests {
    private static let json = "Content-Type: application/json\r\n"

    /// Three runs in one minute: one passed, one with a warning, one failed.
    private static let span: HistorySpan = {
        var rollup = RunRollup()
        for (verdict, reason) in [(Verdict.healthy, nil), (.degraded, FailureReason.timeout), (.unhealthy, .refused)] {
            rollup.add(
                Outcome(
                    verdict: verdict,
                    layer: .l4OK,
                    failure: reason.map { Failure($0, "") },
                    startedAt: MonotonicInstant(nanoseconds: 0),
                    duration: .milliseconds(3)
                )
            )
        }
        return HistorySpan(start: WallTime(nanosecondsSinceEpoch: 1_795_230_000_000_000_000), rollup: rollup)
    }()

    private static func desk() -> ScriptedDesk {
        ScriptedDesk { command in
            switch command {
            case .reload: .reloaded(ReloadReport(added: [Snapshots.name("new")], unchanged: 2))
            case .breaker(let name, _, _): .refused(.unknownTarget(name))
            case .probe: .refused(.busy("a probe of db is under way", retryAfter: 1))
            case .history(let name, _, _): .history(TargetHistory(target: name, entries: [], dropped: 3))
            case .rolledHistory(let name, let step, _, _):
                .rolledHistory(RolledHistory(target: name, step: step, spans: [Self.span]))
            default: .refused(.unavailable("not now"))
            }
        }
    }

    private func run(
        _ desk: ScriptedDesk,
        isAdmin: Bool = true,
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        var listener = try RunningServer.anyPort()
        listener.isAdmin = isAdmin
        try await RunningServer.run(listeners: [listener], desk: desk, body)
    }

    private func post(_ path: String, _ fields: String = json, body: String = "") -> String {
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        return "POST \(path) HTTP/1.1\r\nHost: localhost\r\n\(length)\(fields)\r\n\(body)"
    }

    @Test("a command reaches the desk with its body and who asked, and its result comes back; the call is noted")
    func command() async throws {
        let desk = Self.desk()
        try await run(desk) { server in
            let reload = try server.ask(post("/api/v1/reload"))
            #expect(reload.code == 200)
            #expect(
                reload.body == """
                    {"added":["new"],"changed":[],"removed":[],"unchanged":2,"needs_restart":false,"warnings":[]}

                    """
            )
            let open = try server.ask(post("/api/v1/breakers/db/open", body: "{\"for\":\"10m\"}"))
            #expect(open.code == 404)
            #expect(open.fields["connection"] == "close")
        }
        let order = Order(duration: .seconds(600), by: "127.0.0.1")
        #expect(desk.commands.withLock { $0 } == [.reload, .breaker(Snapshots.name("db"), .open, order)])
        #expect(
            desk.calls.withLock { $0 } == [
                AdminCall(who: "127.0.0.1", what: "POST /api/v1/reload", code: 200, requestID: "0123456789abcdef"),
                AdminCall(
                    who: "127.0.0.1",
                    what: "POST /api/v1/breakers/db/open",
                    code: 404,
                    requestID: "0123456789abcdef"
                ),
            ]
        )
    }

    @Test("a body in chunks, after 100-continue, and in single bytes is the same body")
    func bodies() async throws {
        let desk = Self.desk()
        try await run(desk) { server in
            let client = try RawClient(server.address)
            client.send(
                "POST /api/v1/breakers/db/open HTTP/1.1\r\nHost: localhost\r\n\(Self.json)"
                    + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 Continue\r\n"))
            for byte in "1\r\n{\r\nb\r\n\"for\":\"10m\"\r\n1\r\n}\r\n0\r\n\r\n" { client.send(String(byte)) }
            #expect(try client.receiveResponse().code == 404)
        }
        let order = Order(duration: .seconds(600), by: "127.0.0.1")
        #expect(desk.commands.withLock { $0 } == [.breaker(Snapshots.name("db"), .open, order)])
    }

    @Test(
        "what may not be, or cannot be understood, is refused with its code, and reaches nobody",
        arguments: [
            ("/api/v1/reload", "", "", 415),
            ("/api/v1/reload", "Content-Type: text/plain\r\n", "{}", 415),
            ("/api/v1/reload", json + "Origin: http://evil.example\r\n", "{}", 403),
            ("/api/v1/reload", json + "Sec-Fetch-Site: cross-site\r\n", "{}", 403),
            ("/api/v1/reload", json, "{\"x\":1}", 422),
            ("/api/v1/reload", json, "{", 400),
            ("/api/v1/reload?x=1", json, "", 400),
            ("/api/v1/breakers/db/explode", json, "", 404),
            ("/api/v1/breakers/DB/open", json, "", 404),
            ("/api/v1/targets/db/history", json, "", 405),
            ("/api/v1/maintenance/1", json, "", 405),
        ]
    )
    func refused(path: String, fields: String, body: String, code: Int) async throws {
        let desk = Self.desk()
        try await run(desk) { server in
            let response = try server.ask(post(path, fields, body: body))
            #expect(response.code == code)
            #expect(response.body.hasPrefix("{\"success\":false,\"error\":"))
            #expect((response.fields["allow"] != nil) == (code == 405))
        }
        #expect(desk.commands.withLock { $0 }.isEmpty)
    }

    @Test("a body that is too long is refused by its announcement, and by its bytes")
    func tooLong() async throws {
        let desk = Self.desk()
        try await run(desk) { server in
            let announced =
                "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\n\(Self.json)Content-Length: 65537\r\n\r\n"
            #expect(try server.ask(announced).code == 413)
            let client = try RawClient(server.address)
            client.send(
                "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\n\(Self.json)Transfer-Encoding: chunked\r\n\r\n"
            )
            let chunk = "4000\r\n" + String(repeating: " ", count: 0x4000) + "\r\n"
            for _ in 0..<5 { client.send(chunk) }
            #expect(try client.receiveResponse().code == 413)
        }
        #expect(desk.commands.withLock { $0 }.isEmpty)
    }

    @Test("a body that stops coming ends the connection with 408")
    func slowBody() async throws {
        var limits = ServerLimits()
        limits.bodyTimeout = .milliseconds(50)
        var listener = try RunningServer.anyPort()
        listener.isAdmin = true
        try await RunningServer.run(listeners: [listener], limits: limits, desk: Self.desk()) { server in
            let client = try RawClient(server.address)
            client.send("POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\n\(Self.json)Content-Length: 2\r\n\r\n{")
            #expect(try client.receiveResponse().code == 408)
        }
    }

    @Test("a listener that was not made for it takes no writing call, and answers questions all the same")
    func notAdmin() async throws {
        let desk = Self.desk()
        try await run(desk, isAdmin: false) { server in
            #expect(try server.ask(post("/api/v1/reload")).code == 403)
            let history = try server.ask("GET /api/v1/targets/db/history?limit=5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(history.body == "{\"target\":\"db\",\"entries\":[],\"dropped\":3}\n")
        }
        #expect(desk.commands.withLock { $0 } == [.history(Snapshots.name("db"), since: nil, limit: 5)])
        #expect(desk.calls.withLock { $0.map(\.code) } == [403])
    }

    @Test("a busy desk is 429 with the time to wait, one that is not there 503, and one that is given up 503")
    func busy() async throws {
        try await run(Self.desk()) { server in
            let response = try server.ask(post("/api/v1/targets/db/probe"))
            #expect(response.code == 429)
            #expect(response.fields["retry-after"] == "1")
            #expect(response.body.contains("\"retryable\":true"))
        }
        var listener = try RunningServer.anyPort()
        listener.isAdmin = true
        try await RunningServer.run(listeners: [listener]) { server in
            let code = try server.ask(post("/api/v1/reload")).code
            #expect(code == 503)
        }
    }

    @Test("problem details are written where the client asks for them")
    func problem() async throws {
        try await run(Self.desk()) { server in
            let fields = Self.json + "Accept: application/problem+json\r\nX-Request-Id: abc\r\n"
            let response = try server.ask(post("/api/v1/reload", fields, body: "{\"x\":1}"))
            #expect(response.fields["content-type"] == "application/problem+json")
            #expect(response.fields["x-request-id"] == "abc")
            #expect(
                response.body == """
                    {"type":"about:blank","title":"unprocessable","status":422,"detail":"x: unknown member (none is known \
                    here)","request_id":"abc","path":"x"}

                    """
            )
        }
    }

    @Test(
        "a history's query is checked",
        arguments: [
            "since=yesterday", "limit=0", "limit=1001", "limit=x", "a=b", "since=%zz", "resolution=day",
            "resolution=minute&limit=1441",
        ]
    )
    func historyQuery(query: String) async throws {
        try await run(Self.desk()) { server in
            let request = "GET /api/v1/targets/db/history?\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let code = try server.ask(request).code
            #expect(code == 400)
        }
    }

    @Test("stored history is asked for by its resolution")
    func rolledHistory() async throws {
        let desk = Self.desk()
        try await run(desk) { server in
            let path = "/api/v1/targets/db/history?resolution=hour&limit=720&since=2026-11-21T03:00:00Z"
            let answer = try server.ask("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.code == 200)
            #expect(
                answer.body == """
                    {"target":"db","resolution":"hour","bounds_s":\
                    [0.001,0.0025,0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10,30],"spans":[{"start":\
                    "2026-11-21T03:00:00.000Z","runs":3,"healthy":1,"degraded":1,"unhealthy":1,"unknown":0,"reasons":\
                    {"refused":1,"timeout":1},"shortest_s":0.003,"average_s":0.003,"longest_s":0.003,"buckets":\
                    [0,0,3,0,0,0,0,0,0,0,0,0,0,0,0]}]}

                    """
            )
        }
        let since = WallTime(rfc3339: "2026-11-21T03:00:00Z")
        #expect(
            desk.commands.withLock { $0 } == [.rolledHistory(Snapshots.name("db"), .hour, since: since, limit: 720)]
        )
    }

    @Test("a unix socket takes writing calls, with the caller's user as the kernel says it")
    func unixSocket() async throws {
        let desk = Self.desk()
        let path = try ListeningTests.freshPath()
        let listener = ListenerSettings(address: .unix(path: path), socketMode: 0o600)
        try await RunningServer.run(listeners: [listener], desk: desk) { server in
            let code = try server.ask("POST /api/v1/reload HTTP/1.1\r\nHost: x\r\n\r\n").code
            #expect(code == 200)
        }
        #expect(desk.calls.withLock { $0.first?.who.hasPrefix("uid ") } == true)
    }
}
