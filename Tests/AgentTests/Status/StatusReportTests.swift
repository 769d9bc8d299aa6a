// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("StatusReport")
struct StatusReportTests {
    private static let json = """
        {"sequence":7,"aggregate":{"status":"unhealthy","since":"2026-11-21T05:53:47.067Z",
        "why":"1 required target is unhealthy: checkout","change":"2 passing probes of checkout"},
        "targets":[
        {"name":"a","kind":"tcp","status":"healthy","since":"2026-11-21T05:00:00.000Z","impact":"required",
        "why":"the last verdict passed","breaker":{"state":"closed"},
        "last_outcome":{"verdict":"healthy","reason":null,"message":"connected in 1ms","duration_s":0.001}},
        {"name":"checkout","kind":"http","status":"unhealthy","since":"2026-11-21T05:53:47.000Z","impact":"required",
        "why":"3 consecutive failures: connection refused","breaker":{"state":"open"},
        "last_outcome":{"verdict":"unhealthy","reason":"refused","message":"connection refused","duration_s":0.001}},
        {"name":"new","kind":"script","status":"starting","since":"2026-11-21T05:53:47.000Z","impact":"informational",
        "why":"no verdict yet","breaker":{"state":"closed"},"last_outcome":null}]}
        """

    private static func report(_ target: String? = nil) throws -> StatusReport {
        try #require(StatusReport(try StatusDocument(json: Array(json.utf8)), target: target))
    }

    @Test("the table begins with the aggregate and lists the worst targets first")
    func table() throws {
        #expect(
            try Self.report().table == """
                unhealthy since 2026-11-21T05:53:47.067Z
                1 required target is unhealthy: checkout
                would change with: 2 passing probes of checkout

                TARGET    KIND    STATUS     BREAKER  IMPACT         LAST OUTCOME
                checkout  http    unhealthy  open     required       refused: connection refused
                new       script  starting   closed   informational  none yet
                a         tcp     healthy    closed   required       connected in 1ms
                """
        )
    }

    @Test("a configuration that is refused, and how changes are found without events, stand above the targets")
    func configuration() throws {
        let errors = (1...7).map { "\"probes.d/a.yaml:\($0):1: error: wrong\"" }.joined(separator: ",")
        let json = """
            {"aggregate":{"status":"healthy","since":"2026-11-21T05:53:47.067Z"},"targets":[],"agent":{"configuration":
            {"valid":false,"accepted_at":"2026-11-21T05:00:00.000Z","refused_at":"2026-11-21T06:00:00.000Z","error_count":9,
            "errors":[\(errors)],"noticed_by":"looks","looks_every_s":5,"looks_because":"too many instances"}}}
            """
        let report = try #require(StatusReport(try StatusDocument(json: Array(json.utf8)), target: nil))
        #expect(
            report.table == """
                healthy since 2026-11-21T05:53:47.067Z
                the configuration read at 2026-11-21T06:00:00.000Z is refused (9 errors), an older one is in force:
                  probes.d/a.yaml:1:1: error: wrong
                  probes.d/a.yaml:2:1: error: wrong
                  probes.d/a.yaml:3:1: error: wrong
                  probes.d/a.yaml:4:1: error: wrong
                  probes.d/a.yaml:5:1: error: wrong
                  and 4 more: bellwether check
                changed files are found by looking for them every few seconds: too many instances
                """
        )
    }

    @Test("one target is shown with its reason")
    func oneTarget() throws {
        #expect(
            try Self.report("checkout").table == """
                TARGET    KIND  STATUS     BREAKER  IMPACT    LAST OUTCOME
                checkout  http  unhealthy  open     required  refused: connection refused
                3 consecutive failures: connection refused
                """
        )
    }

    @Test(
        "a Nagios line and the exit code follow the status shown",
        arguments: [
            (nil, "CRITICAL: 1 required target is unhealthy: checkout", CommandStatus.unhealthy),
            ("a", "OK: the last verdict passed", .healthy),
            ("new", "UNKNOWN: no verdict yet", .unknown),
        ]
    )
    func nagios(target: String?, line: String, status: CommandStatus) throws {
        let report = try Self.report(target)
        #expect(report.nagiosLine == line)
        #expect(report.status == status)
    }

    @Test("a target that is not there has no report")
    func missing() throws {
        #expect(StatusReport(try StatusDocument(json: Array(Self.json.utf8)), target: "nope") == nil)
    }
}

@Suite("StatusReport of groups and marks")
struct StatusReportGroupTests {
    static let json = """
        {"sequence":7,"aggregate":{"status":"degraded","since":"2026-11-21T05:53:47.067Z",
        "why":"1 degrading group is unhealthy: caches","change":null},
        "groups":[
        {"name":"web","policy":"all","impact":"required","status":"healthy","since":"2026-11-21T05:00:00.000Z",
        "why":"1 of 1 member passes, 1 is needed","counts":true,"needed":1,"passing":1,"counted":1,"causes":[],
        "attributed":[],"change":null,"members":["shop"]},
        {"name":"caches","policy":{"at_least":2},"impact":"degrading","status":"unhealthy",
        "since":"2026-11-21T05:00:00.000Z","why":"1 of 2 members passes, 2 are needed: c2","counts":true,"needed":2,
        "passing":1,"counted":2,"causes":["c2"],"attributed":[],"change":null,"members":["c1","c2"]},
        {"name":"spare","policy":"all","impact":"required","status":"starting","since":"2026-11-21T05:00:00.000Z",
        "why":"all members are in maintenance","counts":false,"needed":0,"passing":0,"counted":0,"causes":[],
        "attributed":[],"change":null,"members":["old"]}],
        "maintenance":[{"id":3,"targets":["old"],"groups":[],"tags":[],"since":"2026-11-21T05:00:00.000Z",
        "until":"2026-11-21T06:00:00.000Z","reason":"disk swap","by":"uid 0"}],
        "targets":[
        {"name":"c1","kind":"tcp","status":"healthy","since":"x","impact":"required","why":"the last verdict passed",
        "restored":true,"maintenance":null,"breaker":{"state":"closed","forced":null},"last_outcome":null},
        {"name":"c2","kind":"tcp","status":"unhealthy","since":"x","impact":"required","why":"refused",
        "restored":false,"maintenance":null,"breaker":{"state":"open","forced":{"action":"open"}},
        "last_outcome":{"verdict":"unhealthy","reason":"refused","message":"connection \\u001b[31mrefused","duration_s":1}},
        {"name":"old","kind":"tcp","status":"unhealthy","since":"x","impact":"required","why":"refused",
        "restored":true,"maintenance":{"until":null,"reason":"disk swap"},"breaker":{"state":"open","forced":null},
        "last_outcome":null},
        {"name":"shop","kind":"http","status":"healthy","since":"x","impact":"required","why":"ok","restored":false,
        "maintenance":null,"breaker":{"state":"closed","forced":null},
        "last_outcome":{"verdict":"healthy","reason":null,"message":"200 in 3ms","duration_s":0.003}}]}
        """

    static func report(_ name: String? = nil) throws -> StatusReport {
        try #require(StatusReport(try StatusDocument(json: Array(json.utf8)), target: name))
    }

    @Test("groups stand between the aggregate and the targets, and marks say what a status is to be taken with")
    func table() throws {
        #expect(
            try Self.report().table == """
                degraded since 2026-11-21T05:53:47.067Z
                1 degrading group is unhealthy: caches
                maintenance 3 until 2026-11-21T06:00:00.000Z: disk swap

                GROUP   STATUS                         IMPACT     PASSING          WHY
                caches  unhealthy                      degrading  1 of 2, needs 2  1 of 2 members passes, 2 are needed: c2
                spare   starting (counts for nothing)  required   0 of 0, needs 0  all members are in maintenance
                web     healthy                        required   1 of 1, needs 1  1 of 1 member passes, 1 is needed

                TARGET  KIND  STATUS                             BREAKER        IMPACT    LAST OUTCOME
                c2      tcp   unhealthy                          open (forced)  required  refused: connection  [31mrefused
                old     tcp   unhealthy (maintenance, restored)  open           required  none yet
                c1      tcp   healthy (restored)                 closed         required  none yet
                shop    http  healthy                            closed         required  200 in 3ms
                """
        )
    }

    @Test("one group is shown with its members")
    func group() throws {
        let report = try Self.report("caches")
        #expect(
            report.table == """
                GROUP   STATUS     IMPACT     PASSING          WHY
                caches  unhealthy  degrading  1 of 2, needs 2  1 of 2 members passes, 2 are needed: c2

                TARGET  KIND  STATUS              BREAKER        IMPACT    LAST OUTCOME
                c2      tcp   unhealthy           open (forced)  required  refused: connection  [31mrefused
                c1      tcp   healthy (restored)  closed         required  none yet
                """
        )
        #expect(report.nagiosLine == "CRITICAL: 1 of 2 members passes, 2 are needed: c2")
        #expect(report.status == .unhealthy)
    }
}

@Suite("StatusFrame")
struct StatusFrameTests {
    private static let lines: [StatusLine] = {
        var first = StatusLine()
        first.append("healthy", .healthy)
        first.append(" since noon")
        return [first, StatusLine("a line that is long"), StatusLine("c"), StatusLine("d")]
    }()

    /// The drawing with its control sequences as words.
    private static func drawing(_ size: StatusFrame.Size?, isColored: Bool = false) -> String {
        let style = TerminalStyle(isColored: isColored)
        return StatusFrame(size: size, style: style).drawing(lines).map { $0 == "\u{1B}" ? "^" : String($0) }.joined()
    }

    @Test("a picture is drawn over the old one: home, each line to its end, and the rest cleared")
    func inPlace() {
        let expected = "^[Hhealthy since noon^[K\na line that is long^[K\nc^[K\nd^[K\n^[J"
        #expect(Self.drawing(nil) == expected)
        #expect(Self.drawing(.init(columns: 80, rows: 24)) == expected)
        #expect(Self.drawing(.init(columns: 19, rows: 5)) == expected, "it fits exactly")
    }

    @Test("a long line is cut at the right edge, and a long list at the lower one")
    func cut() {
        let narrow = "^[Hhealthy s…^[K\na line th…^[K\nc^[K\nd^[K\n^[J"
        #expect(Self.drawing(.init(columns: 10, rows: 24)) == narrow)
        let low = "^[Hhealthy since noon^[K\na line that is long^[K\n… 2 more lines^[K\n^[J"
        #expect(Self.drawing(.init(columns: 80, rows: 4)) == low)
        #expect(Self.drawing(.init(columns: 80, rows: 1)) == "^[H… 4 more lines^[K\n^[J")
        #expect(Self.drawing(.init(columns: 1, rows: 2)) == "^[H…^[K\n^[J")
    }

    @Test("colours are in the drawing where the style has them, and count for no column")
    func colours() {
        let cut = Self.drawing(.init(columns: 9, rows: 24), isColored: true)
        #expect(cut == "^[H^[1;32mhealthy^[0m …^[K\na line t…^[K\nc^[K\nd^[K\n^[J")
    }

    @Test(
        "colours need a terminal that can draw, and no NO_COLOR",
        arguments: [
            (true, ["TERM": "xterm"], true), (true, ["TERM": "xterm", "NO_COLOR": ""], true),
            (true, ["TERM": "xterm", "NO_COLOR": "1"], false), (true, ["TERM": "dumb"], false), (true, [:], false),
            (false, ["TERM": "xterm"], false),
        ] as [(Bool, [String: String], Bool)]
    )
    func style(isTerminal: Bool, environment: [String: String], isColored: Bool) {
        #expect(TerminalStyle(isTerminal: isTerminal) { environment[$0] }.isColored == isColored)
    }
}
