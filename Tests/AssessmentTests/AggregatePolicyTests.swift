// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("Assessment: the aggregate's policy and fail-open")
struct AggregatePolicyTests {
    private func harness(_ count: Int, _ settings: AggregateSettings) throws -> AssessmentHarness {
        AssessmentHarness(try (0..<count).map { try spec("t\($0)") }, settings: settings)
    }

    @Test("with a quorum the aggregate is degraded as long as enough pass, and says how many are needed")
    func quorum() throws {
        var harness = try harness(5, AggregateSettings(policy: .share(0.6)))
        #expect(harness.aggregate.status == .starting)
        harness.run(.pass, target: 0)
        harness.run(.pass, target: 1)
        #expect(harness.aggregate.why == "3 of 5 required needed, 2 pass; 3 required targets are starting: t2, t3, t4")
        #expect(harness.aggregate.change == "a first passing verdict of 1 of t2, t3, t4")
        harness.run(.pass, target: 2)
        #expect(harness.aggregate.status == .degraded)
        harness.run(.pass, target: 3)
        harness.run(.pass, target: 4)
        #expect(harness.aggregate.status == .healthy)
        harness.breakDown(0)
        harness.breakDown(1)
        #expect(harness.aggregate.status == .degraded)
        #expect(harness.aggregate.why == "3 of 5 required needed, 3 pass; 2 required targets are unhealthy: t0, t1")
        harness.breakDown(2)
        #expect(harness.aggregate.status == .unhealthy)
        #expect(harness.aggregate.change == "a return of 1 of t0, t1, t2")
    }

    @Test("groups count beside targets")
    func quorumWithGroups() throws {
        let specs = [
            try spec("a", groups: ["pool"]), try spec("b", groups: ["pool"]), try spec("c"), try spec("d"),
        ]
        let settings = AggregateSettings(policy: .count(2), groups: [try group("pool", .any)])
        var harness = AssessmentHarness(specs, settings: settings)
        for target in 0..<4 { harness.run(.pass, target: target) }
        harness.breakDown(0)
        #expect(harness.aggregate.status == .healthy)
        harness.breakDown(2)
        #expect(harness.aggregate.status == .degraded)
        harness.breakDown(1)
        #expect(harness.aggregate.status == .unhealthy)
    }

    @Test("fail-open turns unhealthy into degraded while too many are down to be believed, and flips back")
    func failOpen() throws {
        var harness = try harness(4, AggregateSettings(failOpen: 0.5))
        for target in 0..<4 { harness.run(.pass, target: target) }
        harness.breakDown(0)
        harness.breakDown(1)
        #expect(harness.aggregate.status == .unhealthy)
        #expect(!harness.aggregate.isFailOpen)
        _ = harness.changes()
        harness.breakDown(2)
        #expect(harness.aggregate.status == .degraded)
        #expect(harness.aggregate.isFailOpen)
        let why =
            "fail-open is in force: 3 of 4 required targets are down, more than 50%; "
            + "3 required targets are unhealthy: t0, t1, t2"
        #expect(harness.aggregate.why == why)
        #expect(harness.changes().last == "aggregate: unhealthy -> degraded (\(why))")
        harness.advance(by: 6_000)
        harness.run(.pass, target: 2)
        #expect(harness.aggregate.status == .unhealthy)
        #expect(!harness.aggregate.isFailOpen)
    }

    @Test("a failure that has grown too old counts no longer for fail-open, which is told")
    func failOpenAgeing() throws {
        var harness = try harness(4, AggregateSettings(failOpen: 0.5))
        for target in 0..<4 { harness.run(.pass, target: target) }
        harness.breakDown(0)
        harness.advance(by: 5_000)
        for target in 1..<4 { harness.breakDown(target) }
        var told = [harness.aggregate.why.prefix { $0 != ";" }]
        for _ in 0..<200 {
            harness.advance(by: 500)
            let head = harness.aggregate.why.prefix { $0 != ";" }
            if told.last != head { told.append(head) }
        }
        #expect(
            told == [
                "fail-open is in force: 4 of 4 required targets are down, more than 50%",
                "fail-open is in force: 3 of 4 required targets are down, more than 50%",
                "4 required targets are unhealthy: t0, t1, t2, t3",
            ]
        )
    }

    @Test("without a floor nothing is ever disbelieved")
    func off() throws {
        var harness = try harness(2, AggregateSettings())
        harness.breakDown(0)
        harness.breakDown(1)
        #expect(harness.aggregate.status == .unhealthy)
    }

    @Test("the members of required groups count for fail-open one by one")
    func failOpenInGroups() throws {
        let specs = try ["a", "b", "c", "d"].map { try spec($0, groups: ["pool"]) }
        let settings = AggregateSettings(failOpen: 0.5, groups: [try group("pool")])
        var harness = AssessmentHarness(specs, settings: settings)
        for target in 0..<4 { harness.run(.pass, target: target) }
        harness.breakDown(0)
        #expect(harness.aggregate.status == .unhealthy)
        harness.breakDown(1)
        harness.breakDown(2)
        #expect(harness.aggregate.isFailOpen)
    }

    @Test("targets that are starting or stale do not open, for nothing is known of them")
    func notKnown() throws {
        var harness = try harness(3, AggregateSettings(failOpen: 0.5))
        harness.breakDown(0)
        #expect(harness.aggregate.status == .unhealthy)
        harness.run(.pass, target: 1)
        harness.run(.pass, target: 2)
        harness.advance(to: 33_000)
        #expect(try harness.status(1) == .stale)
        #expect(harness.aggregate.status == .unhealthy)
        #expect(!harness.aggregate.isFailOpen)
    }

    @Test("a failure that nobody renews does not hold fail-open for ever")
    func agedFailures() throws {
        var harness = try harness(2, AggregateSettings(failOpen: 0.5))
        harness.breakDown(0)
        harness.breakDown(1)
        #expect(harness.aggregate.isFailOpen)
        #expect(harness.assessment.ages.freshUntil == moment(31_995 + 5).instant)
        harness.advance(to: 31_999)
        #expect(harness.aggregate.isFailOpen)
        harness.advance(to: 32_001)
        #expect(harness.aggregate.status == .unhealthy)
        harness.run(.fail, target: 0)
        harness.run(.fail, target: 1)
        #expect(harness.aggregate.isFailOpen)
    }

    @Test("draining goes before fail-open")
    func draining() throws {
        var harness = try harness(1, AggregateSettings(failOpen: 1))
        harness.breakDown(0)
        #expect(harness.aggregate.isFailOpen)
        harness.assessment.drain(at: moment(harness.now))
        #expect(harness.aggregate.status == .draining)
        #expect(!harness.aggregate.isFailOpen)
    }

    @Test("maintenance takes a target out of the quorum and out of fail-open")
    func maintenance() throws {
        var harness = try harness(3, AggregateSettings(failOpen: 0.4))
        for target in 0..<3 { harness.run(.pass, target: target) }
        harness.breakDown(0)
        #expect(harness.aggregate.status == .unhealthy)
        let order = Maintenance(until: nil, reason: "disk")
        harness.assessment.setMaintenance([order], of: TargetID(0), at: moment(harness.now))
        #expect(harness.aggregate.status == .healthy)
        harness.breakDown(1)
        #expect(harness.aggregate.status == .unhealthy)
        harness.breakDown(2)
        #expect(harness.aggregate.why.hasPrefix("fail-open is in force: 2 of 2 required targets are down"))
    }
}
