// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("Assessment: maintenance")
struct MaintenanceTests {
    private func window(_ from: Int64, _ to: Int64) -> MaintenanceWindow {
        .once(from: moment(from).wall, to: moment(to).wall, reason: "disks")
    }

    @Test("a target in a window is probed and shown, and counts for nothing until the window ends")
    func window() throws {
        var harness = AssessmentHarness([
            try spec("db", maintenance: [window(10_000, 25_000)]), try spec("web"),
        ])
        for target in 0..<2 { harness.run(.pass, target: target) }
        _ = harness.changes()
        #expect(harness.assessment.nextDeadline() == moment(10_000).instant)
        harness.advance(to: 10_000)
        #expect(try harness.health().maintenance == Maintenance(until: moment(25_000).wall, reason: "disks"))
        harness.breakDown(0)
        #expect(try harness.status() == .unhealthy)
        #expect(harness.aggregate.status == .healthy)
        harness.advance(to: 24_999)
        #expect(harness.aggregate.status == .healthy)
        harness.advance(to: 25_000)
        #expect(try harness.health().maintenance == nil)
        #expect(harness.aggregate.status == .unhealthy)
        let changes = harness.changes()
        #expect(changes.first == "db: maintenance until 2026-11-21T03:00:25.000Z (disks)")
        #expect(changes.suffix(2).first == "db: maintenance over")
        #expect(changes.last?.hasPrefix("aggregate: healthy -> unhealthy") == true)
    }

    @Test("a window that has begun at the start is in force at once")
    func atStart() throws {
        let harness = AssessmentHarness([try spec("db", maintenance: [window(-5_000, 25_000)]), try spec("web")])
        #expect(try harness.health().maintenance != nil)
        #expect(harness.assessment.nextDeadline() == moment(25_000).instant)
    }

    @Test("an order holds beside the windows until it ends, and the longest is shown")
    func order() throws {
        var harness = AssessmentHarness([try spec("db", maintenance: [window(10_000, 25_000)])])
        let order = Maintenance(until: moment(20_000).wall, reason: "by hand")
        harness.assessment.setMaintenance([order], of: TargetID(0), at: moment(0))
        #expect(try harness.health().maintenance == order)
        harness.advance(to: 12_000)
        #expect(try harness.health().maintenance?.reason == "disks")
        harness.assessment.setMaintenance([], of: TargetID(0), at: moment(harness.now))
        #expect(try harness.health().maintenance?.reason == "disks")
        let open = Maintenance(until: nil, reason: "until I say so")
        harness.assessment.setMaintenance([open], of: TargetID(0), at: moment(harness.now))
        harness.advance(to: 100_000)
        #expect(try harness.health().maintenance == open)
        harness.assessment.setMaintenance([], of: TargetID(0), at: moment(harness.now))
        #expect(try harness.health().maintenance == nil)
        #expect(harness.aggregate.status == .starting)
    }

    @Test("where the wall clock is set, the windows follow at the next step")
    func clockSet() throws {
        let harness = AssessmentHarness([try spec("db", maintenance: [window(3_600_000, 7_200_000)])])
        let ahead = Moment(instant: moment(1_000).instant, wall: moment(3_601_000).wall)
        harness.assessment.advance(at: ahead)
        #expect(try harness.health().maintenance != nil)
        harness.assessment.advance(at: moment(2_000))
        #expect(try harness.health().maintenance == nil)
    }

    @Test("a group's quorum is taken over those outside maintenance, and wholly in maintenance it counts for nothing")
    func group() throws {
        let specs = try ["a", "b", "c"].map { try spec($0, groups: ["pool"]) }
        let settings = AggregateSettings(groups: [GroupSpec(name: try #require(GroupName("pool")), policy: .count(2))])
        var harness = AssessmentHarness(specs, settings: settings)
        harness.run(.pass, target: 0)
        harness.breakDown(1)
        harness.breakDown(2)
        #expect(harness.aggregate.status == .unhealthy)
        let order = Maintenance(until: nil, reason: "update")
        harness.assessment.setMaintenance([order], of: TargetID(1), at: moment(harness.now))
        #expect(try harness.group("pool").why == "2 of 2 needed, 1 passes; unhealthy: c; in maintenance: b")
        harness.assessment.setMaintenance([order], of: TargetID(2), at: moment(harness.now))
        #expect(try harness.group("pool").status == .healthy)
        #expect(try harness.group("pool").why == "1 of 1 needed, 1 passes; in maintenance: b, c")
        harness.assessment.setMaintenance([order], of: TargetID(0), at: moment(harness.now))
        let pool = try harness.group("pool")
        #expect(!pool.counts)
        #expect(pool.status == .unhealthy)
        #expect(pool.why.hasPrefix("every member is in maintenance, so the group counts for nothing; 2 of 3 needed"))
        #expect(harness.aggregate.status == .healthy)
    }

    @Test("a definition without the window ends it")
    func replaced() throws {
        let harness = AssessmentHarness([try spec("db", maintenance: [window(-5_000, 25_000)])])
        harness.assessment.replace(TargetID(0), ProbeDefinition(try spec("db")), at: moment(0))
        harness.assessment.reassess(at: moment(0))
        #expect(try harness.health().maintenance == nil)
    }
}
