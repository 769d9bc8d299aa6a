// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("ServiceReport")
struct ServiceReportTests {
    @Test("the agent is ready once every required target has a verdict, and says so once")
    func firstVerdicts() throws {
        var report = ServiceReport()
        #expect(
            report.take(try snapshot(.starting, [(.starting, .required), (.healthy, .required)]))
                == .status("starting: 1 healthy, 1 starting")
        )
        let decided = try snapshot(.unhealthy, [(.unhealthy, .required), (.starting, .degrading)])
        #expect(report.take(decided) == .ready(status: "unhealthy: 1 unhealthy, 1 starting"))
        #expect(report.take(decided) == nil)
        #expect(report.giveUpWaiting() == nil)
    }

    @Test("without targets there is nothing to wait for")
    func noTargets() throws {
        var report = ServiceReport()
        #expect(report.take(try snapshot(.unhealthy, [])) == .ready(status: "unhealthy: no targets"))
    }

    @Test("after the bound the agent is ready as it is")
    func patience() throws {
        var report = ServiceReport()
        #expect(report.giveUpWaiting() == .ready(status: "waiting for the first verdicts"))
        #expect(report.giveUpWaiting() == nil)
        #expect(
            report.take(try snapshot(.healthy, [(.healthy, .required)])) == .status("healthy: 1 healthy"),
            "ready is not said again"
        )
    }

    @Test("a status line is sent only when it changes")
    func repeated() throws {
        var report = ServiceReport()
        _ = report.take(try snapshot(.healthy, [(.healthy, .required)]))
        #expect(report.take(try snapshot(.healthy, [(.healthy, .required)])) == nil)
        #expect(
            report.take(try snapshot(.degraded, [(.degraded, .required)])) == .status("degraded: 1 degraded")
        )
    }

    @Test("an agent that ends is never ready any more")
    func stop() throws {
        var report = ServiceReport()
        report.stop()
        #expect(report.giveUpWaiting() == nil)
        #expect(report.take(try snapshot(.draining, [])) == .status("draining: no targets"))
    }

    private func snapshot(
        _ status: AggregateStatus,
        _ targets: [(status: TargetStatus, impact: Impact)]
    ) throws -> HealthSnapshot {
        let wall = WallTime(nanosecondsSinceEpoch: 0)
        return HealthSnapshot(
            sequence: 1,
            takenAt: MonotonicInstant(nanoseconds: 0),
            takenAtWallTime: wall,
            aggregate: AggregateHealth(status: status, since: wall, why: "for this test"),
            targets: try targets.enumerated().map { index, target in
                TargetHealth(
                    name: try #require(TargetName("target-\(index)")),
                    kind: "tcp",
                    subject: "10.0.0.5:5432",
                    impact: target.impact,
                    status: target.status,
                    since: wall,
                    why: "for this test",
                    breaker: BreakerHealth(since: wall, why: "closed")
                )
            },
            agent: AgentHealth(name: "edge-1", version: "1", startedAt: wall),
            freshUntil: MonotonicInstant(nanoseconds: 1)
        )
    }
}
