// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Exposition

@Suite("Requests for commands")
struct CommandRequestTests {
    private static let db = Fixtures.name("db")

    @Test(
        "an order has a time, a reason, and who asked",
        arguments: [
            ("", nil, nil), ("{}", nil, nil), ("{\"for\":\"10m\",\"reason\":\"upgrade\"}", .seconds(600), "upgrade"),
            ("{\"for\":null}", nil, nil), (" {\"for\":\"1.5h\"}\n", .seconds(5_400), nil),
        ] as [(String, Duration?, String?)]
    )
    func order(body: String, duration: Duration?, reason: String?) throws {
        let command = try AdminCommand.breaker(Self.db, .open, body: Array(body.utf8), by: "uid 0")
        #expect(command == .breaker(Self.db, .open, Order(duration: duration, reason: reason, by: "uid 0")))
    }

    @Test(
        "what is wrong with an order is told with its path",
        arguments: [
            ("{\"for\":\"5x\"}", 422, "for", "for: \"5x\" is not a duration (use 30s, 10m, 2h)"),
            ("{\"for\":\"0s\"}", 422, "for", "for: \"0s\" is out of range (1s to 30d)"),
            ("{\"for\":\"31d\"}", 422, "for", "for: \"31d\" is out of range (1s to 30d)"),
            ("{\"for\":600}", 422, "for", "for: a string is expected"),
            ("{\"reason\":\"a\\nb\"}", 422, "reason", "reason: a control character"),
            ("{\"force\":true}", 422, "force", "force: unknown member (known: for, reason)"),
            ("[]", 422, "", "an object is expected"),
            ("{\"for\":\"1m\",\"for\":\"2m\"}", 400, nil, "byte 12 of the body: member \"for\" is given twice"),
            ("{", 400, nil, "byte 1 of the body: a member's name is expected"),
        ] as [(String, Int, String?, String)]
    )
    func refused(body: String, code: Int, path: String?, message: String) {
        let error = #expect(throws: ErrorAnswer.self) {
            try AdminCommand.breaker(Self.db, .open, body: Array(body.utf8), by: "uid 0")
        }
        #expect(error?.kind.rawValue == code)
        #expect(error?.path == path)
        #expect(error?.message == message)
    }

    @Test("an action without an end takes no time", arguments: [BreakerAction.reset, .enable])
    func noDuration(action: BreakerAction) {
        let error = #expect(throws: ErrorAnswer.self) {
            try AdminCommand.breaker(Self.db, action, body: Array("{\"for\":\"1m\"}".utf8), by: "uid 0")
        }
        #expect(error?.message == "for: \(action.rawValue) takes no time")
    }

    @Test("maintenance names its targets, by name, group or tags, and its time")
    func maintenance() throws {
        let body = "{\"targets\":[\"db\",\"api\"],\"groups\":[\"g\"],\"tags\":{\"team\":\"base\"},\"for\":\"1h\"}"
        let selection = MaintenanceSelection(
            targets: [Fixtures.name("api"), Self.db],
            groups: [try #require(GroupName("g"))],
            tags: ["team": "base"]
        )
        #expect(
            try AdminCommand.beginMaintenance(body: Array(body.utf8), by: "uid 7")
                == .beginMaintenance(selection, Order(duration: .seconds(3_600), by: "uid 7"))
        )
    }

    @Test(
        "what is wrong with maintenance is told with its path",
        arguments: [
            ("{\"for\":\"1h\"}", "", "name at least one of targets, groups and tags"),
            ("{\"targets\":[\"db\"]}", "for", "for: is missing (use 30m, 2h)"),
            (
                "{\"targets\":[\"db\",\"A b\"],\"for\":\"1h\"}", "targets[1]",
                "targets[1]: \"A b\" is not a target's name"
            ),
            ("{\"targets\":\"db\",\"for\":\"1h\"}", "targets", "targets: an array of strings is expected"),
            ("{\"tags\":{\"a\":1},\"for\":\"1h\"}", "tags.a", "tags.a: a string is expected"),
        ]
    )
    func maintenanceRefused(body: String, path: String, message: String) {
        let error = #expect(throws: ErrorAnswer.self) {
            try AdminCommand.beginMaintenance(body: Array(body.utf8), by: "uid 7")
        }
        #expect(error?.kind == .unprocessable)
        #expect(error?.path == path)
        #expect(error?.message == message)
    }

    @Test("P12: a definition shows no value of a field or variable, no body, and nothing that is sent")
    func redaction() throws {
        var http = HTTPProbe(url: try HTTPURL("https://api.internal/health"))
        http.headers = [HTTPField(name: "Authorization", value: "geheim")]
        http.body = "geheim"
        var script = ScriptProbe(command: ["/bin/check", "-w"])
        script.environment = ["PASSWORD": "geheim"]
        let socket = WebSocketProbe(
            url: try WebSocketURL("wss://api.internal/"),
            headers: [HTTPField(name: "Cookie", value: "geheim")],
            dialog: [.send("geheim"), .expect("ok")]
        )
        let tcp = TCPProbe(
            address: try HostPort("10.0.0.5:6379"),
            dialog: [.send(DialogText("AUTH geheim\r\n")), .expect(DialogText("^\\+OK"))]
        )
        for probe in [Probe.http(http), .script(script), .webSocket(socket), .tcp(tcp)] {
            let text = String(decoding: ProbeSpec(name: Self.db, probe: probe).jsonValue.serialized(), as: UTF8.self)
            #expect(!text.contains("geheim"))
            #expect(text.contains("(redacted)"))
        }
    }

    @Test("P12: a definition hides what looks like a secret in its URL and its command")
    func shownText() throws {
        let http = HTTPProbe(url: try HTTPURL("https://api.internal/health?token=geheim&full=1"))
        let script = ScriptProbe(command: ["/bin/check", "--password=geheim", "-H", "db"])
        let socket = WebSocketProbe(url: try WebSocketURL("wss://api.internal/?api_key=geheim"))
        let texts = [Probe.http(http), .script(script), .webSocket(socket)].map {
            String(decoding: ProbeSpec(name: Self.db, probe: $0).jsonValue.serialized(), as: UTF8.self)
        }
        #expect(texts.allSatisfy { !$0.contains("geheim") })
        #expect(texts[0].contains("https://api.internal/health?token=(redacted)&full=1"))
        #expect(texts[1].contains(#"["/bin/check","--password=(redacted)","-H","db"]"#))
        #expect(texts[2].contains("wss://api.internal/?api_key=(redacted)"))
    }
}
