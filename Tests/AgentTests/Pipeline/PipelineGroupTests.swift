// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import Testing

@Suite("HealthPipeline: groups and maintenance")
struct PipelineGroupTests {
    private func pool(_ policy: PassingPolicy) throws -> AggregateSettings {
        AggregateSettings(groups: [GroupSpec(name: try #require(GroupName("pool")), policy: policy)])
    }

    /// `a` and `b` in `pool`.
    private func specs() throws -> [ProbeSpec] {
        try ["a", "b"].map { text in
            var spec = try spec(text)
            spec.groups = [try #require(GroupName("pool"))]
            return spec
        }
    }

    /// `a` passes and `b` fails.
    private func harness(_ policy: PassingPolicy) throws -> PipelineHarness {
        let settings = AgentSettings(aggregate: try pool(policy))
        return PipelineHarness(try specs(), settings: settings) { start, _ in
            start.spec.name.text == "a" ? .pass : .fail
        }
    }

    @Test("groups are in the snapshot, and their changes are published and told")
    func snapshot() throws {
        var harness = try harness(.any)
        harness.run(for: .seconds(60))
        let snapshot = try harness.latest
        #expect(snapshot.aggregate.status == .healthy)
        #expect(snapshot.groups.map(\.why) == ["1 of 2 needed, 1 passes; unhealthy: b"])
        #expect(snapshot.targets.map { $0.groups.map(\.text) } == [["pool"], ["pool"]])
        let told = harness.changes.compactMap { change -> GroupChange? in
            if case .group(let change) = change.event { change } else { nil }
        }
        #expect(told.map(\.newStatus) == [.healthy])
        #expect(harness.changes.map(\.sequence) == Array(1...UInt64(harness.changes.count)))
    }

    @Test("another policy counts from the reload on, and targets keep what they have")
    func reload() throws {
        var harness = try harness(.any)
        harness.run(for: .seconds(60))
        let specs = try specs()
        harness.pipeline.replace(specs: specs, aggregate: try pool(.all), at: harness.moment)
        harness.run(for: .milliseconds(1))
        #expect(try harness.latest.aggregate.status == .unhealthy)
        #expect(try harness.latest.targets[0].status == .healthy)
        harness.pipeline.replace(specs: specs, at: harness.moment)
        harness.run(for: .milliseconds(1))
        #expect(try harness.latest.aggregate.status == .unhealthy)
    }

    @Test("an order of maintenance outlives a reload, and its target, until it is withdrawn")
    func maintenance() throws {
        var harness = try harness(.all)
        harness.run(for: .seconds(60))
        #expect(try harness.latest.aggregate.status == .unhealthy)
        let specs = try specs()
        let bad = try #require(TargetName("b"))
        let order = Maintenance(until: nil, reason: "update")
        harness.pipeline.setMaintenance([bad: [order]], at: harness.moment)
        harness.run(for: .milliseconds(100))
        #expect(try harness.latest.aggregate.status == .healthy)
        #expect(try harness.latest.target(bad)?.maintenance == order)
        harness.pipeline.replace(specs: [specs[0]], at: harness.moment)
        harness.pipeline.replace(specs: specs, at: harness.moment)
        harness.run(for: .seconds(60))
        #expect(try harness.latest.target(bad)?.maintenance == order)
        #expect(try harness.latest.target(bad)?.status == .unhealthy)
        #expect(try harness.latest.aggregate.status == .healthy)
        harness.pipeline.setMaintenance([:], at: harness.moment)
        harness.run(for: .milliseconds(100))
        #expect(try harness.latest.aggregate.status == .unhealthy)
    }

    @Test("a window begins and ends by itself")
    func window() throws {
        var spec = try spec("a")
        spec.maintenance = [
            .once(
                from: PipelineHarness.wallOrigin.advanced(by: .seconds(100)),
                to: PipelineHarness.wallOrigin.advanced(by: .seconds(200)),
                reason: "x"
            )
        ]
        var harness = PipelineHarness([spec]) { _, _ in .fail }
        var seen: [Int] = []
        harness.run(for: .seconds(250)) { harness in
            guard let snapshot = harness.snapshots.last, snapshot.targets[0].maintenance != nil else { return }
            seen.append(Int(PipelineHarness.origin.duration(to: snapshot.takenAt).inSeconds))
        }
        #expect(seen.first == 100)
        #expect(try #require(seen.last) <= 200)
        #expect(try harness.latest.targets[0].maintenance == nil)
        #expect(try harness.latest.aggregate.status == .unhealthy)
    }
}
