// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@Suite("Status answers, word for word")
struct StatusGoldenTests {
    /// What a moment looks like in every status dialect; JSON is broken after each comma to be readable here.
    struct Case: Sendable, CustomTestStringConvertible {
        let moment: Moment
        let showsDetail: Bool
        let code: Int
        let fields: [String]
        let ready: String
        let startup: String
        let target: String
        let health: String
        let targetHealth: String

        init(
            _ moment: Moment,
            showsDetail: Bool,
            code: Int,
            fields: [String],
            ready: String,
            startup: String,
            target: String,
            health: String,
            targetHealth: String
        ) {
            self.moment = moment
            self.showsDetail = showsDetail
            self.code = code
            self.fields = fields
            self.ready = ready
            self.startup = startup
            self.target = target
            self.health = health
            self.targetHealth = targetHealth
        }

        var testDescription: String { "\(moment), \(showsDetail ? "with" : "without") detail" }
    }

    @Test("every dialect", arguments: cases)
    func golden(golden: Case) throws {
        let view = golden.moment.view(showsDetail: golden.showsDetail)
        let last = try #require(view.snapshot.targets.last).name
        let ready = view.readiness(KubernetesQuery(isVerbose: true))
        #expect(ready.text == golden.ready)
        #expect(view.startup(KubernetesQuery(isVerbose: true)).text == golden.startup)
        #expect(view.readiness(of: last)?.text == golden.target)
        #expect(try #require(view.answer(about: .aggregate, in: .healthJSON)).text.brokenAtCommas == golden.health)
        #expect(view.answer(about: .target(last), in: .healthJSON)?.text.brokenAtCommas == golden.targetHealth)
        for answer in [ready, view.readiness(), try #require(view.answer(about: .aggregate, in: .healthJSON))] {
            #expect(answer.code == golden.code)
            #expect(answer.fields.map { "\($0.name): \($0.value)" } == golden.fields)
        }
        #expect(ready.contentType == .text)
        #expect(try #require(view.answer(about: .aggregate, in: .healthJSON)).contentType == .healthJSON)
    }

    static let cases = [
        Case(
            .healthy,
            showsDetail: true,
            code: 200,
            fields: [],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [+]api ok
                readyz check passed

                """#,
            startup: #"""
                [+]api ok
                startupz check passed

                """#,
            target: #"""
                ok
                """#,
            health: #"""
                {"status":"pass",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"pass",
                "time":"2026-11-21T03:49:10.042Z"}]}}

                """#,
            targetHealth: #"""
                {"status":"pass",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"pass",
                "time":"2026-11-21T03:49:10.042Z"}]}}

                """#
        ),
        Case(
            .degraded,
            showsDetail: true,
            code: 200,
            fields: ["x-envoy-degraded: 1"],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [+]api ok
                [+]db ok: unhealthy (impact degrading)
                [+]disk ok: degraded (impact degrading)
                readyz check passed

                """#,
            startup: #"""
                [+]api ok
                startupz check passed

                """#,
            target: #"""
                ok
                """#,
            health: #"""
                {"status":"warn",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "notes":["db must pass 2 probes"],
                "output":"degrading targets are down: db",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"pass",
                "time":"2026-11-21T03:49:10.042Z"}],
                "db:responseTime":[{"componentId":"db",
                "componentType":"component",
                "observedValue":0.35,
                "observedUnit":"ms",
                "status":"fail",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"breaker open: 3 failures in a row,
                 last: connection refused"}],
                "disk:responseTime":[{"componentId":"disk",
                "componentType":"system",
                "observedValue":80,
                "observedUnit":"ms",
                "status":"warn",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"last probe: DISK WARNING - 91% of \"/\" used"}]}}

                """#,
            targetHealth: #"""
                {"status":"warn",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "output":"last probe: DISK WARNING - 91% of \"/\" used",
                "checks":{"disk:responseTime":[{"componentId":"disk",
                "componentType":"system",
                "observedValue":80,
                "observedUnit":"ms",
                "status":"warn",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"last probe: DISK WARNING - 91% of \"/\" used"}]}}

                """#
        ),
        Case(
            .unhealthy,
            showsDetail: true,
            code: 503,
            fields: ["Retry-After: 5"],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [+]api ok
                [-]db failed: breaker open: 3 failures in a row, last: connection refused
                [+]disk ok: degraded (impact degrading)
                readyz check failed

                """#,
            startup: #"""
                [+]api ok
                [+]db ok
                startupz check passed

                """#,
            target: #"""
                ok
                """#,
            health: #"""
                {"status":"fail",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "notes":["db must pass 2 probes"],
                "output":"required target down: db",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"pass",
                "time":"2026-11-21T03:49:10.042Z"}],
                "db:responseTime":[{"componentId":"db",
                "componentType":"component",
                "observedValue":0.35,
                "observedUnit":"ms",
                "status":"fail",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"breaker open: 3 failures in a row,
                 last: connection refused"}],
                "disk:responseTime":[{"componentId":"disk",
                "componentType":"system",
                "observedValue":80,
                "observedUnit":"ms",
                "status":"warn",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"last probe: DISK WARNING - 91% of \"/\" used"}]}}

                """#,
            targetHealth: #"""
                {"status":"warn",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "output":"last probe: DISK WARNING - 91% of \"/\" used",
                "checks":{"disk:responseTime":[{"componentId":"disk",
                "componentType":"system",
                "observedValue":80,
                "observedUnit":"ms",
                "status":"warn",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"last probe: DISK WARNING - 91% of \"/\" used"}]}}

                """#
        ),
        Case(
            .starting,
            showsDetail: true,
            code: 503,
            fields: ["Retry-After: 1"],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [+]api ok
                [-]new failed: no verdict yet
                readyz check failed

                """#,
            startup: #"""
                [+]api ok
                [-]new failed: no verdict yet
                startupz check failed

                """#,
            target: #"""
                [-]new failed: no verdict yet

                """#,
            health: #"""
                {"status":"fail",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "output":"no verdict yet: new",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"pass",
                "time":"2026-11-21T03:49:10.042Z"}],
                "new:responseTime":[{"componentId":"new",
                "componentType":"component",
                "status":"fail",
                "output":"no verdict yet"}]}}

                """#,
            targetHealth: #"""
                {"status":"fail",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "output":"no verdict yet",
                "checks":{"new:responseTime":[{"componentId":"new",
                "componentType":"component",
                "status":"fail",
                "output":"no verdict yet"}]}}

                """#
        ),
        Case(
            .draining,
            showsDetail: true,
            code: 503,
            fields: ["x-envoy-immediate-health-check-fail: true"],
            ready: #"""
                [-]agent/shutdown failed: the agent is shutting down
                [+]agent/freshness ok
                [+]api ok
                [+]db ok: unhealthy
                [+]disk ok: degraded (impact degrading)
                readyz check failed

                """#,
            startup: #"""
                [+]api ok
                [+]db ok
                startupz check passed

                """#,
            target: #"""
                [-]agent/shutdown failed: the agent is shutting down

                """#,
            health: #"""
                {"status":"fail",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "output":"the agent is shutting down",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"pass",
                "time":"2026-11-21T03:49:10.042Z"}],
                "db:responseTime":[{"componentId":"db",
                "componentType":"component",
                "observedValue":0.35,
                "observedUnit":"ms",
                "status":"fail",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"breaker open: 3 failures in a row,
                 last: connection refused"}],
                "disk:responseTime":[{"componentId":"disk",
                "componentType":"system",
                "observedValue":80,
                "observedUnit":"ms",
                "status":"warn",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"last probe: DISK WARNING - 91% of \"/\" used"}]}}

                """#,
            targetHealth: #"""
                {"status":"fail",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "output":"the agent is shutting down",
                "checks":{"disk:responseTime":[{"componentId":"disk",
                "componentType":"system",
                "observedValue":80,
                "observedUnit":"ms",
                "status":"warn",
                "time":"2026-11-21T03:49:10.042Z",
                "output":"last probe: DISK WARNING - 91% of \"/\" used"}]}}

                """#
        ),
        Case(
            .stale,
            showsDetail: true,
            code: 503,
            fields: ["Retry-After: 1"],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [-]api failed: no new verdict in time; the last one passed but is too old to be believed
                readyz check failed

                """#,
            startup: #"""
                [+]api ok
                startupz check passed

                """#,
            target: #"""
                [-]api failed: no new verdict in time; the last one passed but is too old to be believed

                """#,
            health: #"""
                {"status":"fail",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "notes":["a new verdict for every required target"],
                "output":"verdicts are stale: they were not renewed in time",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"fail",
                "affectedEndpoints":["https://api.internal/health"],
                "time":"2026-11-21T03:49:10.042Z",
                "output":"no new verdict in time; the last one passed but is too old to be believed"}]}}

                """#,
            targetHealth: #"""
                {"status":"fail",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "output":"no new verdict in time; the last one passed but is too old to be believed",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"fail",
                "affectedEndpoints":["https://api.internal/health"],
                "time":"2026-11-21T03:49:10.042Z",
                "output":"no new verdict in time; the last one passed but is too old to be believed"}]}}

                """#
        ),
        Case(
            .stalled,
            showsDetail: true,
            code: 503,
            fields: [],
            ready: #"""
                [+]agent/shutdown ok
                [-]agent/freshness failed: verdicts are stale: they were not renewed in time
                [+]api ok
                readyz check failed

                """#,
            startup: #"""
                [+]api ok
                startupz check passed

                """#,
            target: #"""
                ok
                """#,
            health: #"""
                {"status":"fail",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "notes":["a new verdict for every required target"],
                "output":"verdicts are stale: they were not renewed in time",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"pass",
                "time":"2026-11-21T03:49:10.042Z"}]}}

                """#,
            targetHealth: #"""
                {"status":"pass",
                "serviceId":"edge-1",
                "releaseId":"1.0.0",
                "checks":{"api:responseTime":[{"componentId":"api",
                "componentType":"component",
                "observedValue":12.5,
                "observedUnit":"ms",
                "status":"pass",
                "time":"2026-11-21T03:49:10.042Z"}]}}

                """#
        ),
        Case(
            .healthy,
            showsDetail: false,
            code: 200,
            fields: [],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [+]targets ok
                readyz check passed

                """#,
            startup: #"""
                [+]targets ok
                startupz check passed

                """#,
            target: #"""
                ok
                """#,
            health: #"""
                {"status":"pass"}

                """#,
            targetHealth: #"""
                {"status":"pass"}

                """#
        ),
        Case(
            .degraded,
            showsDetail: false,
            code: 200,
            fields: ["x-envoy-degraded: 1"],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [+]targets ok
                readyz check passed

                """#,
            startup: #"""
                [+]targets ok
                startupz check passed

                """#,
            target: #"""
                ok
                """#,
            health: #"""
                {"status":"warn",
                "output":"degraded: exec_exit,
                 refused"}

                """#,
            targetHealth: #"""
                {"status":"warn",
                "output":"degraded: exec_exit"}

                """#
        ),
        Case(
            .unhealthy,
            showsDetail: false,
            code: 503,
            fields: ["Retry-After: 5"],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [-]targets failed: refused
                readyz check failed

                """#,
            startup: #"""
                [+]targets ok
                startupz check passed

                """#,
            target: #"""
                ok
                """#,
            health: #"""
                {"status":"fail",
                "output":"unhealthy: refused"}

                """#,
            targetHealth: #"""
                {"status":"warn",
                "output":"degraded: exec_exit"}

                """#
        ),
        Case(
            .starting,
            showsDetail: false,
            code: 503,
            fields: ["Retry-After: 1"],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [-]targets failed: starting
                readyz check failed

                """#,
            startup: #"""
                [-]targets failed: starting
                startupz check failed

                """#,
            target: #"""
                [-]new failed: starting

                """#,
            health: #"""
                {"status":"fail",
                "output":"starting"}

                """#,
            targetHealth: #"""
                {"status":"fail",
                "output":"starting"}

                """#
        ),
        Case(
            .draining,
            showsDetail: false,
            code: 503,
            fields: ["x-envoy-immediate-health-check-fail: true"],
            ready: #"""
                [-]agent/shutdown failed: draining
                [+]agent/freshness ok
                [+]targets ok
                readyz check failed

                """#,
            startup: #"""
                [+]targets ok
                startupz check passed

                """#,
            target: #"""
                [-]agent/shutdown failed: draining

                """#,
            health: #"""
                {"status":"fail",
                "output":"draining"}

                """#,
            targetHealth: #"""
                {"status":"fail",
                "output":"draining"}

                """#
        ),
        Case(
            .stale,
            showsDetail: false,
            code: 503,
            fields: ["Retry-After: 1"],
            ready: #"""
                [+]agent/shutdown ok
                [+]agent/freshness ok
                [-]targets failed: stale
                readyz check failed

                """#,
            startup: #"""
                [+]targets ok
                startupz check passed

                """#,
            target: #"""
                [-]api failed: stale

                """#,
            health: #"""
                {"status":"fail",
                "output":"unhealthy: stale"}

                """#,
            targetHealth: #"""
                {"status":"fail",
                "output":"stale"}

                """#
        ),
        Case(
            .stalled,
            showsDetail: false,
            code: 503,
            fields: [],
            ready: #"""
                [+]agent/shutdown ok
                [-]agent/freshness failed: stale
                [+]targets ok
                readyz check failed

                """#,
            startup: #"""
                [+]targets ok
                startupz check passed

                """#,
            target: #"""
                ok
                """#,
            health: #"""
                {"status":"fail",
                "output":"unhealthy: stale"}

                """#,
            targetHealth: #"""
                {"status":"pass"}

                """#
        ),
    ]
}

extension String {
    /// The text with a line break after each comma.
    var brokenAtCommas: String {
        split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",\n")
    }
}
