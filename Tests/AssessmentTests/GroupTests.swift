// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

extension AssessmentHarness {
    /// Fails a target until its breaker opens.
    mutating func breakDown(_ target: Int) {
        for _ in 0..<3 { run(.fail, target: target) }
    }

    var aggregate: AggregateHealth { assessment.aggregate }

    func group(_ name: String) throws -> GroupHealth {
        try #require(assessment.groups.first { $0.name.text == name })
    }
}

@Suite("Assessment: groups")
struct GroupTests {
    /// Targets `a`, `b`, … in one group `pool`.
    private func pool(
        _ policy: PassingPolicy,
        _ impacts: [Impact] = [.required, .required, .required],
        impact: Impact = .required
    ) throws -> AssessmentHarness {
        let specs = try impacts.enumerated().map { index, impact in
            try spec(String("abcdefgh".dropFirst(index).prefix(1)), impact: impact, groups: ["pool"])
        }
        return AssessmentHarness(specs, settings: AggregateSettings(groups: [try group("pool", policy, impact)]))
    }

    @Test("with any, one member that passes keeps the aggregate healthy")
    func redundancy() throws {
        var harness = try pool(.any)
        harness.run(.pass, target: 0)
        #expect(harness.aggregate.status == .healthy)
        harness.breakDown(1)
        harness.breakDown(2)
        #expect(harness.aggregate.status == .healthy)
        let group = try harness.group("pool")
        #expect(group.status == .healthy)
        #expect(group.why == "1 of 3 needed, 1 passes; unhealthy: b, c")
        #expect(group.causes == [])
        #expect(group.change == "a failure of a")
        harness.breakDown(0)
        #expect(harness.aggregate.status == .unhealthy)
        #expect(
            harness.aggregate.why
                == "1 required group is unhealthy: pool (1 of 3 needed, 0 pass; unhealthy: a, b, c)"
        )
        #expect(try harness.aggregate.causes == [name("a"), name("b"), name("c")])
        #expect(harness.aggregate.groups.map(\.text) == ["pool"])
        #expect(harness.aggregate.change == "a return of pool")
        #expect(try harness.group("pool").change == "a return of 1 of a, b, c")
    }

    @Test("a quorum holds as long as enough pass, and says how many")
    func quorum() throws {
        var harness = try pool(.share(0.6))
        for target in 0..<3 { harness.run(.pass, target: target) }
        #expect(try harness.group("pool").why == "2 of 3 needed, 3 pass")
        #expect(try harness.group("pool").change == "a failure of 2 of a, b, c")
        harness.breakDown(0)
        #expect(try harness.group("pool").status == .healthy)
        harness.breakDown(1)
        #expect(try harness.group("pool").status == .unhealthy)
        #expect(try harness.group("pool").why == "2 of 3 needed, 1 passes; unhealthy: a, b")
        #expect(harness.aggregate.status == .unhealthy)
    }

    @Test("a group's impact decides what it means", arguments: Impact.allCases)
    func impact(impact: Impact) throws {
        var harness = try pool(.all, [.required], impact: impact)
        harness.breakDown(0)
        let expected: [Impact: AggregateStatus] = [
            .required: .unhealthy, .degrading: .degraded, .informational: .healthy,
        ]
        #expect(harness.aggregate.status == expected[impact])
    }

    @Test("a member counts by its groups only, and in each of them")
    func severalGroups() throws {
        let specs = try ["a", "b"].map { try spec($0, groups: ["pool", "spare"]) }
        let settings = AggregateSettings(groups: [try group("pool", .any), try group("spare", .all, .degrading)])
        var harness = AssessmentHarness(specs, settings: settings)
        for target in 0..<2 { harness.run(.pass, target: target) }
        harness.breakDown(1)
        #expect(harness.aggregate.status == .degraded)
        #expect(
            harness.aggregate.why
                == "1 degrading group is unhealthy: spare (2 of 2 needed, 1 passes; unhealthy: b)"
        )
    }

    @Test("changes of a group are told once, with the explanation")
    func changes() throws {
        var harness = try pool(.any, [.required])
        _ = harness.changes()
        harness.run(.pass)
        #expect(
            harness.changes() == [
                "a: closed starting -> closed healthy (the last verdict passed)",
                "group pool: starting -> healthy (1 of 1 needed, 1 passes)",
                "aggregate: starting -> healthy (no required or degrading target is in the way)",
            ]
        )
        harness.run(.pass)
        #expect(harness.changes() == [])
    }

    @Test("since when a group stands is kept over a reload that does not change it")
    func since() throws {
        var harness = try pool(.any, [.required])
        harness.advance(to: 1_000)
        harness.run(.pass)
        harness.advance(to: 2_000)
        let settings = AggregateSettings(groups: [try group("other"), try group("pool", .all)])
        harness.assessment.reassess(settings: settings, at: moment(harness.now))
        #expect(try harness.group("pool").since == moment(1_000).wall)
        #expect(try harness.group("pool").policy == .all)
        #expect(try harness.group("other").counts == false)
        #expect(try harness.group("other").why == "it has no member")
        #expect(harness.aggregate.status == .healthy)
    }

    @Test("a target whose groups are gone counts by itself again")
    func groupRemoved() throws {
        var harness = try pool(.any)
        harness.run(.pass, target: 0)
        harness.run(.pass, target: 1)
        harness.breakDown(2)
        #expect(harness.aggregate.status == .healthy)
        harness.assessment.reassess(settings: AggregateSettings(), at: moment(harness.now))
        #expect(harness.aggregate.status == .unhealthy)
        #expect(harness.assessment.groups == [])
    }

    @Test("a removed member leaves its group")
    func memberRemoved() throws {
        var harness = try pool(.all)
        harness.run(.pass, target: 0)
        harness.run(.pass, target: 1)
        harness.breakDown(2)
        harness.assessment.remove(TargetID(2), at: moment(harness.now))
        harness.assessment.reassess(at: moment(harness.now))
        #expect(try harness.group("pool").status == .healthy)
        #expect(try harness.group("pool").members == [name("a"), name("b")])
    }

    @Test("a stale member is no member that passes, and the snapshot stays fresh as long as the others are believed")
    func stale() throws {
        var harness = try pool(.any)
        for target in 0..<3 { harness.run(.pass, target: target) }
        harness.advance(to: 30_000)
        harness.run(.pass, target: 1)
        harness.advance(to: 32_000)
        #expect(try harness.group("pool").why == "1 of 3 needed, 1 passes; stale: a, c")
        #expect(harness.aggregate.status == .healthy)
        harness.advance(to: 62_000)
        #expect(try harness.group("pool").status == .stale)
        #expect(harness.aggregate.status == .unhealthy)
    }
}
