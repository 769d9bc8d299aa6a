// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

/// One made-up agent with a handful of targets, at one moment.
enum Fixtures {
    static let now = MonotonicInstant(nanoseconds: 500_000_000_000)
    /// 2026-11-21T03:49:10.042Z.
    static let wallNow = WallTime(nanosecondsSinceEpoch: 1_795_232_950_042_000_000)

    static func name(_ text: String) -> TargetName {
        guard let name = TargetName(text) else { preconditionFailure("not a name: \(text)") }
        return name
    }

    /// A web service that answered 200 in 12.5 ms.
    static var api: TargetHealth {
        let outcome = Outcome(
            verdict: .healthy,
            layer: .l7OK,
            startedAt: now.advanced(by: .seconds(-3)),
            duration: .microseconds(12_500),
            phases: PhaseTimings(connect: .microseconds(400), firstByte: .milliseconds(12)),
            address: "10.0.0.5:443",
            observed: Observed(httpStatus: 200, httpVersion: "1.1")
        )
        return target("api", kind: "http", subject: "https://api.internal/health", .healthy, outcome)
    }

    /// A database that refuses connections; its breaker is open.
    static func db(impact: Impact = .required) -> TargetHealth {
        let failure = Failure(
            .refused,
            "connection refused",
            evidence: Evidence(
                phase: .connect,
                systemError: SystemError(code: 111, text: "Connection refused")
            )
        )
        let outcome = Outcome(
            verdict: .unhealthy,
            layer: .l4Connection,
            failure: failure,
            startedAt: now.advanced(by: .seconds(-2)),
            duration: .microseconds(350),
            phases: PhaseTimings(connect: .microseconds(350)),
            address: "10.0.0.9:5432"
        )
        var target = target("db", kind: "tcp", subject: "db.internal:5432", .unhealthy, outcome)
        target.identify(impact: impact)
        target.why = "breaker open: 3 failures in a row, last: connection refused"
        target.breaker = BreakerHealth(
            state: .open,
            since: wallNow,
            why: "3 failures in a row",
            halfOpensAt: now.advanced(by: .milliseconds(4_200)),
            consecutiveFailures: 3,
            succeeded: 40,
            failed: 3,
            rejected: 2,
            transitions: [.init(from: .closed, to: .open): 1]
        )
        target.nextDue = now.advanced(by: .milliseconds(4_200))
        return target
    }

    /// A script that warns.
    static var disk: TargetHealth {
        let outcome = Outcome(
            verdict: .degraded,
            layer: .l7OK,
            failure: Failure(.execExit, "DISK WARNING - 91% of \"/\" used"),
            startedAt: now.advanced(by: .seconds(-1)),
            duration: .milliseconds(80),
            observed: Observed(
                exitCode: 1,
                output: "DISK WARNING - 91% of \"/\" used\nmore",
                performanceData: [
                    PerformanceDatum(label: "used", value: 91.5, unit: "%"),
                    PerformanceDatum(label: "inodes", value: nil, unit: ""),
                ]
            )
        )
        var target = target("disk", kind: "script", subject: "/usr/lib/check_disk -w 90", .degraded, outcome)
        target.identify(impact: .degrading, description: "root file system", tags: ["team": "base", "env": "prod"])
        return target
    }

    /// A target that was never probed.
    static var fresh: TargetHealth {
        var target = target("new", kind: "tcp", subject: "10.0.0.7:6379", .starting, nil)
        target.why = "no verdict yet"
        target.staleAfter = nil
        target.nextDue = now.advanced(by: .milliseconds(300))
        return target
    }

    static func target(
        _ text: String,
        kind: String,
        subject: String,
        _ status: TargetStatus,
        _ outcome: Outcome?
    ) -> TargetHealth {
        var counters = ProbeCounters()
        if let outcome { counters.count(outcome) }
        return TargetHealth(
            name: name(text),
            kind: kind,
            subject: subject,
            impact: .required,
            status: status,
            since: wallNow,
            why: "last probe: \(outcome?.message ?? "none")",
            breaker: BreakerHealth(since: wallNow, why: "no failures", succeeded: 12),
            lastOutcome: outcome,
            lastOutcomeAt: outcome.map { _ in wallNow },
            staleAfter: now.advanced(by: .seconds(30)),
            nextDue: now.advanced(by: .seconds(7)),
            counters: counters
        )
    }

    static func snapshot(
        _ status: AggregateStatus,
        _ targets: [TargetHealth],
        why: String = "every required target is healthy",
        causes: [String] = [],
        change: String? = nil
    ) -> HealthSnapshot {
        var lateness = Histogram()
        lateness.observe(.microseconds(600))
        return HealthSnapshot(
            sequence: 17,
            takenAt: now,
            takenAtWallTime: wallNow,
            aggregate: AggregateHealth(
                status: status,
                since: wallNow,
                why: why,
                causes: causes.map(name),
                change: change
            ),
            targets: targets,
            agent: AgentHealth(
                name: "edge-1",
                version: "1.0.0",
                startedAt: wallNow.advanced(by: .seconds(-60)),
                lateness: lateness,
                probesInFlight: 1
            ),
            freshUntil: now.advanced(by: .seconds(30))
        )
    }

    static let healthy = snapshot(.healthy, [api])
    static let degraded = snapshot(
        .degraded,
        [api, db(impact: .degrading), disk],
        why: "degrading targets are down: db",
        causes: ["db", "disk"],
        change: "db must pass 2 probes"
    )
    static let unhealthy = snapshot(
        .unhealthy,
        [api, db(), disk],
        why: "required target down: db",
        causes: ["db"],
        change: "db must pass 2 probes"
    )
    static let starting = snapshot(.starting, [api, fresh], why: "no verdict yet: new", causes: ["new"])
}

/// A status the agent can be in, and the view of it.
enum Moment: String, CaseIterable, Sendable {
    case healthy, degraded, unhealthy, starting, draining, stale, stalled

    func view(showsDetail: Bool = true, degradedCode: Int = 200) -> StatusView {
        func view(
            _ snapshot: HealthSnapshot,
            at now: MonotonicInstant = Fixtures.now,
            drainingSince: WallTime? = nil
        ) -> StatusView {
            StatusView(
                snapshot,
                at: now,
                drainingSince: drainingSince,
                showsDetail: showsDetail,
                degradedCode: degradedCode
            )
        }
        switch self {
        case .healthy: return view(Fixtures.healthy)
        case .degraded: return view(Fixtures.degraded)
        case .unhealthy: return view(Fixtures.unhealthy)
        case .starting: return view(Fixtures.starting)
        case .draining: return view(Fixtures.unhealthy, drainingSince: Fixtures.wallNow)
        case .stale: return view(Fixtures.healthy, at: Fixtures.now.advanced(by: .seconds(30)))
        case .stalled:
            var snapshot = Fixtures.healthy
            snapshot.freshUntil = Fixtures.now.advanced(by: .seconds(5))
            return view(snapshot, at: Fixtures.now.advanced(by: .seconds(5)))
        }
    }
}

extension TargetHealth {
    /// Gives the target another identity; what is nil stays.
    mutating func identify(
        name: TargetName? = nil,
        impact: Impact? = nil,
        description: String? = nil,
        tags: [String: String]? = nil,
        groups: [GroupName]? = nil
    ) {
        identity = TargetIdentity(
            name: name ?? self.name,
            kind: kind,
            subject: subject,
            impact: impact ?? self.impact,
            description: description ?? self.description,
            tags: tags ?? self.tags,
            groups: groups ?? self.groups,
            dependencies: dependencies
        )
    }
}

extension Answer {
    var text: String { String(decoding: body, as: UTF8.self) }
}
