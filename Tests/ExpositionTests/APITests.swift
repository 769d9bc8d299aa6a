// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@Suite("API documents")
struct APITests {
    @Test("the status document, word for word; broken after each comma to be readable here")
    func golden() {
        let answer = Moment.unhealthy.view().statusDocument()
        #expect(answer.text.brokenAtCommas == Self.text)
        #expect(answer.code == 200)
        #expect(answer.contentType == .json)
    }

    @Test("without detail the status document has the aggregate's words only")
    func withoutDetail() {
        let answer = Moment.unhealthy.view(showsDetail: false).statusDocument()
        #expect(
            answer.text.brokenAtCommas == """
                {"sequence":17,
                "taken_at":"2026-11-21T03:49:10.042Z",
                "aggregate":{"status":"unhealthy",
                "since":"2026-11-21T03:49:10.042Z",
                "fail_open":false,
                "reasons":["refused"]}}

                """
        )
    }

    @Test("a target's document is its entry in the list, and both need detail")
    func targets() throws {
        let view = Moment.unhealthy.view()
        let one = try #require(view.targetDocument(of: Fixtures.name("db"))).text.dropLast()
        let list = try #require(view.targetsDocument()).text
        #expect(list.hasPrefix("{\"targets\":[{\"name\":\"api\""))
        #expect(list.contains(one))
        #expect(view.targetDocument(of: Fixtures.name("nobody")) == nil)
        let discreet = Moment.unhealthy.view(showsDetail: false)
        #expect(discreet.targetDocument(of: Fixtures.name("db")) == nil)
        #expect(discreet.targetsDocument() == nil)
    }

    @Test("a due time that has passed is zero, and none is null")
    func due() throws {
        var snapshot = Fixtures.healthy
        let later = StatusView(snapshot, at: Fixtures.now.advanced(by: .seconds(8)))
        #expect(try #require(later.targetsDocument()).text.contains("\"next_due_in_s\":0,"))
        snapshot.targets[0].nextDue = nil
        let running = StatusView(snapshot, at: Fixtures.now)
        #expect(try #require(running.targetsDocument()).text.contains("\"next_due_in_s\":null,\"next_due\":null,"))
    }

    @Test("hostile text stays inside its string")
    func hostileText() throws {
        var snapshot = Fixtures.healthy
        snapshot.targets[0].why = "\"}\\ \u{0}\n\r\t\u{1F}\u{7F}\u{2028} é 🩺 </script>"
        let text = try #require(StatusView(snapshot, at: Fixtures.now).targetsDocument()).text
        let escaped = #""why":"\"}\\ \u0000\n\r\t\u001f\u007f\u2028 é 🩺 </script>""#
        #expect(text.contains(escaped))
    }

    static let text = #"""
        {"sequence":17,
        "taken_at":"2026-11-21T03:49:10.042Z",
        "aggregate":{"status":"unhealthy",
        "since":"2026-11-21T03:49:10.042Z",
        "why":"required target down: db",
        "fail_open":false,
        "causes":["db"],
        "groups":[],
        "attributed":[],
        "change":"db must pass 2 probes"},
        "agent":{"name":"edge-1",
        "version":"1.0.0",
        "started_at":"2026-11-21T03:48:10.042Z",
        "probes_in_flight":1,
        "internal_failures":0,
        "troubles":[],
        "configuration":null},
        "groups":[],
        "maintenance":[],
        "targets":[{"name":"api",
        "kind":"http",
        "subject":"https://api.internal/health",
        "impact":"required",
        "groups":[],
        "depends_on":[],
        "description":null,
        "tags":{},
        "status":"healthy",
        "since":"2026-11-21T03:49:10.042Z",
        "why":"last probe: 200 in 12.5ms",
        "restored":false,
        "attributed_to":[],
        "maintenance":null,
        "breaker":{"state":"closed",
        "since":"2026-11-21T03:49:10.042Z",
        "why":"no failures",
        "half_opens_in_s":null,
        "consecutive_failures":0,
        "succeeded":12,
        "failed":0,
        "rejected":0,
        "forced":null},
        "last_outcome":{"verdict":"healthy",
        "reason":null,
        "layer":"L7OK",
        "message":"200 in 12.5ms",
        "at":"2026-11-21T03:49:10.042Z",
        "duration_s":0.0125,
        "phases":{"connect_s":0.0004,
        "first_byte_s":0.012},
        "address":"10.0.0.5:443",
        "observed":{"status":200,
        "http_version":"1.1"},
        "evidence":null},
        "next_due_in_s":7,
        "next_due":"2026-11-21T03:49:17.042Z",
        "definition":null},
        {"name":"db",
        "kind":"tcp",
        "subject":"db.internal:5432",
        "impact":"required",
        "groups":[],
        "depends_on":[],
        "description":null,
        "tags":{},
        "status":"unhealthy",
        "since":"2026-11-21T03:49:10.042Z",
        "why":"breaker open: 3 failures in a row,
         last: connection refused",
        "restored":false,
        "attributed_to":[],
        "maintenance":null,
        "breaker":{"state":"open",
        "since":"2026-11-21T03:49:10.042Z",
        "why":"3 failures in a row",
        "half_opens_in_s":4.2,
        "consecutive_failures":3,
        "succeeded":40,
        "failed":3,
        "rejected":2,
        "forced":null},
        "last_outcome":{"verdict":"unhealthy",
        "reason":"refused",
        "layer":"L4CON",
        "message":"connection refused",
        "at":"2026-11-21T03:49:10.042Z",
        "duration_s":0.00035,
        "phases":{"connect_s":0.00035},
        "address":"10.0.0.9:5432",
        "observed":{},
        "evidence":{"phase":"connect",
        "errno":111,
        "system_error":"Connection refused"}},
        "next_due_in_s":4.2,
        "next_due":"2026-11-21T03:49:14.242Z",
        "definition":null},
        {"name":"disk",
        "kind":"script",
        "subject":"/usr/lib/check_disk -w 90",
        "impact":"degrading",
        "groups":[],
        "depends_on":[],
        "description":"root file system",
        "tags":{"env":"prod",
        "team":"base"},
        "status":"degraded",
        "since":"2026-11-21T03:49:10.042Z",
        "why":"last probe: DISK WARNING - 91% of \"/\" used",
        "restored":false,
        "attributed_to":[],
        "maintenance":null,
        "breaker":{"state":"closed",
        "since":"2026-11-21T03:49:10.042Z",
        "why":"no failures",
        "half_opens_in_s":null,
        "consecutive_failures":0,
        "succeeded":12,
        "failed":0,
        "rejected":0,
        "forced":null},
        "last_outcome":{"verdict":"degraded",
        "reason":"exec_exit",
        "layer":"L7OK",
        "message":"DISK WARNING - 91% of \"/\" used",
        "at":"2026-11-21T03:49:10.042Z",
        "duration_s":0.08,
        "phases":{},
        "address":null,
        "observed":{"exit_code":1,
        "output":"DISK WARNING - 91% of \"/\" used\nmore",
        "perfdata":[{"label":"used",
        "value":91.5,
        "unit":"%"},
        {"label":"inodes",
        "value":null,
        "unit":""}]},
        "evidence":{}},
        "next_due_in_s":7,
        "next_due":"2026-11-21T03:49:17.042Z",
        "definition":null}]}

        """#
}
