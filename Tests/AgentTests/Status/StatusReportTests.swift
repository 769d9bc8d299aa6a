// SPDX-License-Identifier: Apache-2.0

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
