// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Exposition

@Suite("Agent-check lines")
struct AgentCheckTests {
    static func line(_ view: StatusView, _ name: String? = nil) -> String {
        String(decoding: view.agentCheckLine(about: name), as: UTF8.self)
    }

    @Test(
        "each status of the aggregate has its line",
        arguments: [
            (Moment.healthy, "ready up 100%\n"), (.degraded, "ready up 50%\n"),
            (.unhealthy, "down # required target down: db\n"), (.starting, "down # no verdict yet: new\n"),
            (.draining, "drain\n"), (.stale, "down # verdicts are stale: they were not renewed in time\n"),
            (.stalled, "down # verdicts are stale: they were not renewed in time\n"),
        ]
    )
    func aggregate(moment: Moment, expected: String) {
        #expect(Self.line(moment.view()) == expected)
        #expect(Self.line(moment.view(), "") == expected)
    }

    @Test(
        "a target is asked for by name",
        arguments: [
            (Moment.degraded, "api", "ready up 100%\n"), (.degraded, "disk", "ready up 50%\n"),
            (.degraded, "db", "down # breaker open: 3 failures in a row, last: connection refused\n"),
            (.starting, "new", "down # no verdict yet\n"), (.draining, "api", "drain\n"),
            (.healthy, "nobody", "down # no target or group is called \"nobody\"\n"),
            (.healthy, "no\nbody", "down # no target or group is called \"no\\u{a}body\"\n"),
        ]
    )
    func target(moment: Moment, name: String, expected: String) {
        #expect(Self.line(moment.view(), name) == expected)
    }

    @Test(
        "without detail no line has a name or a text in it",
        arguments: [
            (Moment.unhealthy, nil, "down # unhealthy: refused\n"), (.unhealthy, "db", "down # unhealthy: refused\n"),
            (.healthy, "nobody", "down # unknown name\n"), (.degraded, nil, "ready up 50%\n"),
            (.stale, "api", "down # stale\n"),
        ] as [(Moment, String?, String)]
    )
    func withoutDetail(moment: Moment, name: String?, expected: String) {
        #expect(Self.line(moment.view(showsDetail: false), name) == expected)
    }

    @Test("the weight is the share of healthy targets, a degraded one half, an informational one not at all")
    func weight() {
        func percent(_ statuses: [(TargetStatus, Impact)]) -> String {
            let targets = statuses.enumerated().map { index, status in
                var target = Fixtures.target("t\(index)", kind: "tcp", subject: "a:1", status.0, nil)
                target.identify(impact: status.1)
                return target
            }
            return Self.line(StatusView(Fixtures.snapshot(.degraded, targets), at: Fixtures.now))
        }
        #expect(percent([(.healthy, .required), (.unhealthy, .degrading)]) == "ready up 50%\n")
        #expect(percent([(.healthy, .required), (.healthy, .required), (.unhealthy, .degrading)]) == "ready up 66%\n")
        #expect(percent([(.degraded, .required)]) == "ready up 50%\n")
        #expect(percent([(.healthy, .required), (.degraded, .required)]) == "ready up 75%\n")
        #expect(percent([(.healthy, .required), (.unhealthy, .informational)]) == "ready up 100%\n")
        #expect(percent(Array(repeating: (.unhealthy, .degrading), count: 3)) == "ready up 1%\n")
        #expect(percent([]) == "ready up 1%\n")
    }

    @Test("a reason is one line, short, and cut between characters")
    func longReason() {
        let why = "evil\nready up 100%\r" + String(repeating: "é", count: 300)
        let text = Self.line(StatusView(Fixtures.snapshot(.unhealthy, [], why: why), at: Fixtures.now))
        #expect(text.utf8.count <= 210)
        #expect(text.hasPrefix("down # evil ready up 100% éé"))
        #expect(text.hasSuffix("é\n"))
        #expect(text.count { $0 == "\n" } == 1)
    }
}
