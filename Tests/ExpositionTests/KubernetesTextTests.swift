// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@Suite("Kubernetes text")
struct KubernetesTextTests {
    @Test("a passing endpoint says ok and nothing else", arguments: [Moment.healthy, .degraded])
    func plain(moment: Moment) {
        #expect(moment.view().readiness().text == "ok")
        #expect(moment.view(showsDetail: false).readiness().text == "ok")
    }

    @Test(
        "a failing endpoint is verbose without being asked",
        arguments: [Moment.unhealthy, .starting, .draining, .stale]
    )
    func failing(moment: Moment) {
        let view = moment.view()
        #expect(view.readiness() == view.readiness(KubernetesQuery(isVerbose: true)))
    }

    @Test("an excluded target does not fail the endpoint, which is then degraded by what else is wrong")
    func exclude() throws {
        let view = Moment.unhealthy.view()
        let answer = try view.readiness(KubernetesQuery("verbose&exclude=db&exclude=no%20one&exclude=x"))
        #expect(answer.code == 200)
        #expect(answer.fields == [HTTPField(name: "x-envoy-degraded", value: "1")])
        #expect(
            answer.text == """
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [+]api ok
                [+]db excluded: ok
                [+]disk ok: degraded (impact degrading)
                warn: some health checks cannot be excluded: no matches for "no one", "x"
                readyz check passed

                """
        )
        let all = try view.readiness(KubernetesQuery("exclude=db&exclude=disk"))
        #expect(all.code == 200)
        #expect(all.fields.isEmpty)
        #expect(all.text == "ok")
    }

    @Test("excluding works without detail too, and still shows no name")
    func excludeWithoutDetail() throws {
        let view = Moment.unhealthy.view(showsDetail: false)
        let answer = try view.readiness(KubernetesQuery("verbose&exclude=db"))
        #expect(answer.code == 200)
        #expect(answer.text == "[+]agent/shutdown ok\n[+]agent/freshness ok\n[+]targets ok\nreadyz check passed\n")
    }

    @Test(
        "what is not a target's doing cannot be excluded",
        arguments: [(Moment.draining, "agent/shutdown"), (.stalled, "agent/freshness"), (.unhealthy, "api")]
    )
    func cannotExclude(moment: Moment, name: String) throws {
        let answer = try moment.view().readiness(KubernetesQuery("exclude=\(name)&exclude=agent/aggregate"))
        #expect(answer.code == 503)
        #expect(answer.text.contains("cannot be excluded: no matches for \"agent/aggregate\""))
        #expect(answer.text.hasSuffix("readyz check failed\n"))
    }

    @Test("a failing aggregate that no target explains has a line of its own")
    func unexplained() {
        let snapshot = Fixtures.snapshot(.unhealthy, [], why: "no probes are configured")
        #expect(
            StatusView(snapshot, at: Fixtures.now).readiness().text == """
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [-]agent/aggregate failed: no probes are configured
                readyz check failed

                """
        )
    }

    @Test("a passing aggregate passes although a required target is down")
    func tolerated() {
        let snapshot = Fixtures.snapshot(.degraded, [Fixtures.db()], why: "fail-open is in force", causes: ["db"])
        let answer = StatusView(snapshot, at: Fixtures.now).readiness(KubernetesQuery(isVerbose: true))
        #expect(answer.code == 200)
        #expect(answer.text.contains("[+]db ok: unhealthy\n"))
    }

    @Test("a text from a target cannot add a line")
    func singleLine() {
        var snapshot = Fixtures.unhealthy
        snapshot.targets[1].why = "evil\n[+]all ok\u{2028}\r\u{0}"
        let text = StatusView(snapshot, at: Fixtures.now).readiness().text
        #expect(text.contains("[-]db failed: evil [+]all ok   \n"))
    }

    @Test("liveness says which check it is, and since how long in words that do not change")
    func liveness() throws {
        let query = try KubernetesQuery("verbose&exclude=db")
        let alive = Liveness(isProgressing: true, bound: .seconds(10)).answer(query)
        #expect(alive.code == 200)
        #expect(
            alive.text == """
                [+]agent/probe-loop ok
                warn: some health checks cannot be excluded: no matches for "db"
                livez check passed

                """
        )
        let stalled = Liveness(isProgressing: false, bound: .seconds(10)).answer()
        #expect(stalled.code == 503)
        #expect(
            stalled.text == "[-]agent/probe-loop failed: no sign of life for more than 10s\nlivez check failed\n"
        )
    }

    @Test(
        "a query is read as a form",
        arguments: [
            ("", KubernetesQuery()),
            ("verbose", KubernetesQuery(isVerbose: true)),
            ("verbose=false&", KubernetesQuery(isVerbose: true)),
            ("exclude=a&exclude=b", KubernetesQuery(excluded: ["a", "b"])),
            ("exclude=a%2Db+c", KubernetesQuery(excluded: ["a-b c"])),
            ("exclude=a=b", KubernetesQuery(excluded: ["a=b"])),
        ]
    )
    func query(text: String, expected: KubernetesQuery) throws {
        #expect(try KubernetesQuery(text) == expected)
    }

    @Test(
        "a query that is not understood is refused with its reason",
        arguments: [
            ("target=x", "unknown query parameter \"target\" (use verbose or exclude=name)"),
            ("Verbose", "unknown query parameter \"Verbose\" (use verbose or exclude=name)"),
            ("a\"%00", "unknown query parameter \"a\\\"\\u{0}\" (use verbose or exclude=name)"),
            ("exclude", "exclude without a name (use exclude=name)"),
            ("exclude=", "exclude without a name (use exclude=name)"),
            ("exclude=%zz", "\"%\" without two hexadecimal digits in the query"),
            ("exclude=%c3%28", "the query is not UTF-8"),
        ]
    )
    func badQuery(text: String, message: String) {
        let problem = #expect(throws: KubernetesQuery.Problem.self) { try KubernetesQuery(text) }
        #expect(problem?.message == message)
    }
}
