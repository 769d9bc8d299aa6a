// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@Suite("Groups, fail-open, dependencies and maintenance in answers")
struct GroupAnswerTests {
    /// `db` and `api` in `pool`, `db` down; `disk` in maintenance.
    private static func view(
        _ policy: PassingPolicy,
        failOpen: Double = 0,
        showsDetail: Bool = true
    ) throws -> StatusView {
        let group = GroupSpec(name: try #require(GroupName("pool")), policy: policy)
        let settings = AggregateSettings(failOpen: failOpen, groups: [group])
        var targets = [Fixtures.api, Fixtures.db(), Fixtures.disk]
        for index in 0..<2 { targets[index].identify(groups: [group.name]) }
        targets[1].attributedTo = [Fixtures.name("san")]
        targets[2].identify(impact: .required)
        targets[2].maintenance = Maintenance(until: Fixtures.wallNow.advanced(by: .seconds(3_600)), reason: "disks")
        let states = targets.map { TargetState($0, isAged: $0.staleAfter.map { $0 <= Fixtures.now } ?? false) }
        let judgement = HealthJudgement(states, settings: settings)
        let members = states.filter { !$0.groups.isEmpty }
        let groups = [GroupHealth(group, tally: judgement.groups[0], members: members, since: Fixtures.wallNow)]
        let rule = judgement.rule(isDraining: false)
        let explanation = AggregateExplanation(
            rule,
            settings: settings,
            tally: judgement.tally,
            targets: states,
            groups: groups
        )
        var snapshot = Fixtures.snapshot(.healthy, targets)
        snapshot.aggregate = AggregateHealth(rule, explanation, since: Fixtures.wallNow)
        snapshot.groups = groups
        snapshot.settings = settings
        return StatusView(snapshot, at: Fixtures.now, showsDetail: showsDetail)
    }

    @Test("readiness lists groups before targets, and members do not fail it by themselves")
    func readiness() throws {
        let answer = try Self.view(.any).readiness(KubernetesQuery("verbose"))
        #expect(answer.code == 200)
        #expect(
            answer.text == """
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [+]pool ok: healthy: 1 of 2 needed, 1 passes; unhealthy because of san: db
                [+]api ok
                [+]db ok: unhealthy (in group pool)
                [+]disk ok: degraded (in maintenance)
                readyz check passed

                """
        )
    }

    @Test("a group that is down fails readiness, and can be excluded")
    func groupDown() throws {
        let view = try Self.view(.all)
        #expect(view.readiness().code == 503)
        #expect(
            view.readiness().text == """
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [-]pool failed: 2 of 2 needed, 1 passes; unhealthy because of san: db
                [+]api ok
                [+]db ok: unhealthy (in group pool)
                [+]disk ok: degraded (in maintenance)
                readyz check failed

                """
        )
        #expect(try view.readiness(KubernetesQuery("exclude=pool")).code == 200)
        #expect(try view.readiness(KubernetesQuery("exclude=db")).code == 503)
    }

    @Test("one group is asked for by its name")
    func oneGroup() throws {
        let down = try #require(try Self.view(.all).readiness(of: Fixtures.name("pool")))
        #expect(down.code == 503)
        #expect(down.text == "[-]pool failed: 2 of 2 needed, 1 passes; unhealthy because of san: db\n")
        let up = try #require(try Self.view(.any).readiness(of: Fixtures.name("pool")))
        #expect(up.code == 200)
        #expect(up.text == "ok")
        let discreet = try #require(try Self.view(.all, showsDetail: false).readiness(of: Fixtures.name("pool")))
        #expect(discreet.text == "[-]pool failed: unhealthy\n")
        #expect(try Self.view(.all).readiness(of: Fixtures.name("other")) == nil)
    }

    @Test("a group's health document has the group and its members")
    func document() throws {
        let name = try #require(GroupName("pool"))
        let answer = try #require(try Self.view(.all).answer(about: .group(name), in: .healthJSON))
        #expect(answer.code == 503)
        let expected: [String] = [
            #"{"status":"fail","serviceId":"edge-1","releaseId":"1.0.0","notes":["a return of db"],"#,
            #""output":"2 of 2 needed, 1 passes; unhealthy because of san: db","checks":{"#,
            #""pool:passingMembers":[{"componentId":"pool","componentType":"component","observedValue":1,"#,
            #""observedUnit":"members","status":"fail","#,
            #""output":"2 of 2 needed, 1 passes; unhealthy because of san: db"}],"api:responseTime":"#,
        ]
        #expect(answer.text.hasPrefix(expected.joined()))
        #expect(!answer.text.contains("disk"))
        let discreet = try #require(
            try Self.view(.all, showsDetail: false).answer(about: .group(name), in: .healthJSON)
        )
        #expect(discreet.text == #"{"status":"fail","output":"unhealthy"}"# + "\n")
        let other = try #require(GroupName("other"))
        #expect(try Self.view(.all).answer(about: .group(other), in: .healthJSON) == nil)
    }

    @Test("fail-open is said in a field of every answer about the aggregate, and in its texts")
    func failOpen() throws {
        let view = try Self.view(.all, failOpen: 0.6)
        #expect(
            view.statusCode.fields == [
                HTTPField(name: "x-envoy-degraded", value: "1"),
                HTTPField(name: "x-bellwether-fail-open", value: "1"),
            ]
        )
        #expect(view.readiness().code == 200)
        #expect(
            try view.readiness(KubernetesQuery("verbose")).text.contains(
                "[+]agent/fail-open ok: fail-open is in force: 1 of 2 required targets are down, more than 40%; "
            )
        )
        #expect(view.health.contains(#""status":"warn""#))
        #expect(view.health.contains("fail-open is in force"))
        let discreet = try Self.view(.all, failOpen: 0.6, showsDetail: false)
        #expect(discreet.health == #"{"status":"warn","output":"degraded: fail_open"}"# + "\n")
        #expect(discreet.statusDocument().text.contains(#""fail_open":true"#))
    }

    @Test(
        "every dialect shows groups and maintenance as well as it can",
        arguments: [
            (StatusDialect.text, ["[-]pool failed: ", "[+]disk ok: degraded (in maintenance)"]),
            (.healthJSON, [#""pool:passingMembers":[{"#]),
            (
                .actuator,
                [#""pool":{"status":"DOWN""#, #""disk":{"status":"OUT_OF_SERVICE""#, #""maintenance":"disks"}"#]
            ),
            (.aspnetWord, ["Unhealthy"]),
            (.aspnetReport, [#""pool":{"data":{"status":"unhealthy"}"#, #""tags":["required","maintenance","#]),
            (.consulLines, ["critical: ", "pool", "disk: degraded: exec_exit (in maintenance)\n"]),
            (
                .consulReport,
                [
                    #"{"CheckID":"pool","Name":"pool","Status":"critical","#,
                    #""Status":"maintenance","Output":"degraded: exec_exit (in maintenance)""#,
                ]
            ),
            (.json, [#""fail_open":false,"groups":[{"name":"pool","#]),
        ] as [(StatusDialect, [String])]
    )
    func dialects(dialect: StatusDialect, parts: [String]) throws {
        let answer = try #require(try Self.view(.all).answer(about: .aggregate, in: dialect))
        #expect(answer.code == 503)
        for part in parts { #expect(answer.text.contains(part), "\(part) in \(answer.text)") }
        let name = Fixtures.name("pool")
        let named = try #require(try Self.view(.all).answer(about: .named(name), in: dialect))
        let pool = try #require(GroupName("pool"))
        let group = try #require(try Self.view(.all).answer(about: .group(pool), in: dialect))
        #expect(named == group)
        #expect(group.code == 503)
        #expect(!group.text.contains("disk"), "only the group's members")
    }

    @Test("fail-open is told by a field in every dialect", arguments: StatusDialect.allCases)
    func failOpenField(dialect: StatusDialect) throws {
        let answer = try #require(try Self.view(.all, failOpen: 0.6).answer(about: .aggregate, in: dialect))
        #expect(answer.fields.contains(HTTPField(name: "x-bellwether-fail-open", value: "1")))
        #expect(answer.code == ([.consulLines, .consulReport].contains(dialect) ? 429 : 200))
    }

    @Test("HAProxy may ask about a group, and metrics tell of it")
    func agentCheckAndMetrics() throws {
        func line(_ policy: PassingPolicy) throws -> String {
            String(decoding: try Self.view(policy).agentCheckLine(about: "pool"), as: UTF8.self)
        }
        #expect(try line(.all) == "down # 2 of 2 needed, 1 passes; unhealthy because of san: db\n")
        #expect(try line(.any) == "ready up 100%\n")
        let metrics = try Self.view(.all).metrics().text
        #expect(metrics.contains("bellwether_group_status{group=\"pool\",status=\"unhealthy\"} 1\n"))
        #expect(metrics.contains("bellwether_group_status{group=\"pool\",status=\"healthy\"} 0\n"))
    }

    @Test("the API shows groups, attribution and maintenance")
    func api() throws {
        let text = try Self.view(.share(0.6)).statusDocument().text
        #expect(text.contains(#""causes":["san"],"groups":["pool"],"attributed":["db"]"#))
        let group: [String] = [
            #""groups":[{"name":"pool","policy":{"quorum":0.6},"impact":"required","status":"unhealthy","#,
            #""since":"2026-11-21T03:49:10.042Z","#,
            #""why":"2 of 2 needed, 1 passes; unhealthy because of san: db","counts":true,"needed":2,"#,
            #""passing":1,"counted":2,"causes":["san"],"attributed":["db"],"change":"a return of db","#,
            #""members":["api","db"]}]"#,
        ]
        #expect(text.contains(group.joined()))
        #expect(text.contains(#""attributed_to":["san"],"maintenance":null"#))
        #expect(text.contains(#""maintenance":{"until":"2026-11-21T04:49:10.042Z","reason":"disks"}"#))
    }
}

extension StatusView {
    /// The aggregate's health+json; empty when there is none, which no test expects.
    fileprivate var health: String { answer(about: .aggregate, in: .healthJSON)?.text ?? "" }
}
