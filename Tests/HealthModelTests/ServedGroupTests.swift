// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("A snapshot with groups, as served")
struct ServedGroupTests {
    private static let start = WallTime(nanosecondsSinceEpoch: 1_000_000_000_000)
    private static let taken = MonotonicInstant(nanoseconds: 10_000_000_000)

    private static func instant(_ seconds: Int) -> MonotonicInstant { taken.advanced(by: .seconds(seconds)) }

    /// `a` and `b` in `pool`, believed for 5 and for 50 seconds.
    private static func snapshot(_ policy: PassingPolicy) throws -> HealthSnapshot {
        let group = GroupSpec(name: try #require(GroupName("pool")), policy: policy)
        let settings = AggregateSettings(groups: [group])
        let targets = try [("a", 5), ("b", 50)].map { text, seconds in
            TargetHealth(
                name: try #require(TargetName(text)),
                kind: "tcp",
                subject: "a:1",
                impact: .required,
                status: .healthy,
                since: start,
                why: "passes",
                breaker: BreakerHealth(since: start, why: "new"),
                staleAfter: instant(seconds),
                groups: [group.name]
            )
        }
        let states = targets.map { TargetState($0, isAged: $0.staleAfter.map { $0 <= taken } ?? false) }
        let judgement = HealthJudgement(states, settings: settings)
        let groups = [GroupHealth(group, tally: judgement.groups[0], members: states, since: start)]
        return HealthSnapshot(
            sequence: 1,
            takenAt: taken,
            takenAtWallTime: start,
            aggregate: AggregateHealth(status: .healthy, since: start, why: "by rule"),
            targets: targets,
            groups: groups,
            settings: settings,
            agent: AgentHealth(name: "edge-1", version: "1", startedAt: start),
            freshUntil: instant(5)
        )
    }

    @Test("where one member is enough, the one that is still believed carries the aggregate on")
    func redundant() throws {
        let served = try Self.snapshot(.any).asServed(at: Self.instant(5))
        #expect(served.aggregate.status == .healthy)
        #expect(served.aggregate.since == Self.start)
        #expect(served.targets.map(\.status) == [.stale, .healthy])
        #expect(served.groups[0].why == "1 of 2 needed, 1 passes; stale: a")
    }

    @Test("where all are stale, nothing passes")
    func allStale() throws {
        let snapshot = try Self.snapshot(.any)
        let served = snapshot.asServed(at: Self.instant(50))
        #expect(served.aggregate.status == .unhealthy)
        #expect(served.aggregate.causes.map(\.text) == ["a", "b"])
        #expect(served.groups[0].status == .stale)
        #expect(served.groups[0].since == Self.start.advanced(by: .seconds(50)))
        #expect(snapshot.changesNext(after: Self.instant(5)) == Self.instant(50))
    }

    @Test("where all are needed, the first stale one is enough")
    func needed() throws {
        let served = try Self.snapshot(.all).asServed(at: Self.instant(5))
        #expect(served.aggregate.status == .unhealthy)
        #expect(served.groups[0].status == .stale)
        #expect(served.groups[0].since == Self.start.advanced(by: .seconds(5)))
    }

    @Test("a target in maintenance holds neither the start nor the aggregate back")
    func maintenance() throws {
        var snapshot = try Self.snapshot(.all)
        snapshot.targets[0].maintenance = Maintenance(until: nil, reason: "x")
        #expect(snapshot.aggregate(at: Self.instant(5)).status == .healthy)
        snapshot.targets[0].status = .starting
        snapshot.census = TargetCensus(snapshot.targets)
        #expect(snapshot.isStarted)
        snapshot.targets[0].maintenance = nil
        snapshot.census = TargetCensus(snapshot.targets)
        #expect(!snapshot.isStarted)
    }
}
