// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("HealthSnapshot")
struct HealthSnapshotTests {
    private static let start = WallTime(nanosecondsSinceEpoch: 1_000_000_000_000)

    @Test("until its limit a snapshot says what it says", arguments: AggregateStatus.allCases)
    func fresh(status: AggregateStatus) {
        let snapshot = Self.snapshot(status)
        #expect(snapshot.aggregate(at: MonotonicInstant(nanoseconds: 14_999_999_999)) == snapshot.aggregate)
    }

    @Test(
        "from its limit on a snapshot is never served as passing",
        arguments: zip(
            AggregateStatus.allCases,
            [.unhealthy, .unhealthy, .unhealthy, .starting, .draining] as [AggregateStatus]
        )
    )
    func stale(status: AggregateStatus, served: AggregateStatus) {
        let snapshot = Self.snapshot(status)
        #expect(snapshot.aggregate(at: snapshot.freshUntil).status == served)
        #expect(snapshot.aggregate(at: MonotonicInstant(nanoseconds: .max)).status == served)
    }

    @Test("a stale aggregate says since when, and that nothing renewed it")
    func explanation() {
        let aggregate = Self.snapshot(.healthy).aggregate(at: MonotonicInstant(nanoseconds: 17_500_000_000))
        #expect(aggregate.why == "verdicts are stale: they were not renewed in time")
        #expect(aggregate.since == Self.start.advanced(by: .seconds(5)))
        #expect(aggregate.change == "a new verdict for every required target")
    }

    @Test("a target is found by its name", arguments: ["a", "b", "c", "d", "e"])
    func lookUp(name: String) throws {
        let snapshot = Self.snapshot(.healthy, targets: ["a", "b", "c", "d", "e"])
        let wanted = try #require(TargetName(name))
        #expect(snapshot.target(wanted)?.name == wanted)
    }

    @Test("a name that is no target is not found", arguments: ["0", "bb", "f"])
    func lookUpMiss(name: String) throws {
        let wanted = try #require(TargetName(name))
        #expect(Self.snapshot(.healthy, targets: ["a", "b", "c"]).target(wanted) == nil)
        #expect(Self.snapshot(.healthy).target(wanted) == nil)
    }

    @Test("only required targets hold the start back")
    func started() throws {
        var snapshot = Self.snapshot(.healthy, targets: ["a", "b"])
        #expect(!snapshot.isStarted)
        snapshot.targets[0].status = .unhealthy
        snapshot.targets[1].identity = TargetIdentity(
            name: try #require(TargetName("b")),
            kind: "tcp",
            subject: "b:1",
            impact: .degrading
        )
        snapshot.census = TargetCensus(snapshot.targets)
        #expect(snapshot.isStarted)
    }

    private static func snapshot(_ status: AggregateStatus, targets: [String] = []) -> HealthSnapshot {
        HealthSnapshot(
            sequence: 1,
            takenAt: MonotonicInstant(nanoseconds: 10_000_000_000),
            takenAtWallTime: start,
            aggregate: AggregateHealth(status: status, since: start, why: "by rule"),
            targets: targets.compactMap { TargetName($0) }.map { name in
                TargetHealth(
                    name: name,
                    kind: "tcp",
                    subject: "a:1",
                    impact: .required,
                    since: start,
                    why: "no verdict yet",
                    breaker: BreakerHealth(since: start, why: "new")
                )
            },
            agent: AgentHealth(name: "edge-1", version: "1", startedAt: start),
            freshUntil: MonotonicInstant(nanoseconds: 15_000_000_000)
        )
    }
}
