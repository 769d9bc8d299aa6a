// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Synchronization

@testable import HealthServer

/// A clock that stands still until it is told to go on.
final class StillClock: Sendable {
    private let nanoseconds = Atomic<Int64>(1_000_000_000_000)

    var now: MonotonicInstant { MonotonicInstant(nanoseconds: nanoseconds.load(ordering: .sequentiallyConsistent)) }

    /// 2026-11-21T03:49:10Z when the clock has not moved.
    var wallTime: WallTime {
        WallTime(nanosecondsSinceEpoch: 1_795_232_950_000_000_000).advanced(
            by: .nanoseconds(now.nanoseconds - 1_000_000_000_000)
        )
    }

    func advance(by duration: Duration) {
        nanoseconds.wrappingAdd(duration.inNanoseconds, ordering: .sequentiallyConsistent)
    }
}

/// Snapshots to publish.
enum Snapshots {
    static func name(_ text: String) -> TargetName {
        guard let name = TargetName(text) else { preconditionFailure("not a name: \(text)") }
        return name
    }

    static func target(
        _ text: String,
        _ status: TargetStatus,
        impact: Impact = .required,
        clock: StillClock,
        staleIn: Duration? = .seconds(60)
    ) -> TargetHealth {
        TargetHealth(
            name: name(text),
            kind: "tcp",
            subject: "10.0.0.5:5432",
            impact: impact,
            status: status,
            since: clock.wallTime,
            why: status == .unhealthy ? "3 failures in a row: connection refused" : "last probe passed",
            breaker: BreakerHealth(since: clock.wallTime, why: "closed"),
            staleAfter: staleIn.map { clock.now.advanced(by: $0) },
            nextDue: clock.now.advanced(by: .milliseconds(4_200))
        )
    }

    static func snapshot(
        _ status: AggregateStatus,
        _ targets: [TargetHealth],
        sequence: UInt64 = 1,
        clock: StillClock,
        freshFor: Duration = .seconds(60)
    ) -> HealthSnapshot {
        HealthSnapshot(
            sequence: sequence,
            takenAt: clock.now,
            takenAtWallTime: clock.wallTime,
            aggregate: AggregateHealth(
                status: status,
                since: clock.wallTime,
                why: status == .healthy ? "every required target is healthy" : "db is down",
                causes: targets.filter { $0.status != .healthy }.map(\.name)
            ),
            targets: targets,
            agent: AgentHealth(name: "edge-1", version: "1.0.0", startedAt: clock.wallTime),
            freshUntil: clock.now.advanced(by: freshFor)
        )
    }

    static func healthy(clock: StillClock, sequence: UInt64 = 1) -> HealthSnapshot {
        let targets = [target("api", .healthy, clock: clock), target("db", .healthy, clock: clock)]
        return snapshot(.healthy, targets, sequence: sequence, clock: clock)
    }

    static func degraded(clock: StillClock, sequence: UInt64 = 1) -> HealthSnapshot {
        let targets = [
            target("api", .healthy, clock: clock), target("db", .unhealthy, impact: .degrading, clock: clock),
        ]
        return snapshot(.degraded, targets, sequence: sequence, clock: clock)
    }

    static func unhealthy(clock: StillClock, sequence: UInt64 = 1) -> HealthSnapshot {
        let targets = [target("api", .healthy, clock: clock), target("db", .unhealthy, clock: clock)]
        return snapshot(.unhealthy, targets, sequence: sequence, clock: clock)
    }
}
