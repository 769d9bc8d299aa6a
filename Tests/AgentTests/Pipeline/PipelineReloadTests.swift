// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import Testing

@Suite("HealthPipeline: changing the list of targets")
struct PipelineReloadTests {
    @Test("the same definitions change nothing, however often they are loaded")
    func unchanged() throws {
        let specs = try (0..<20).map { try spec("t\($0)", jitter: 0.1) }
        var steady = PipelineHarness(specs)
        var reloading = PipelineHarness(specs)
        steady.run(for: .seconds(60))
        for _ in 0..<10 {
            reloading.run(for: .seconds(6))
            reloading.pipeline.replace(specs: specs.reversed(), at: reloading.moment)
        }
        #expect(reloading.starts.map(\.at) == steady.starts.map(\.at))
        #expect(reloading.changes == steady.changes)
        let counters = [reloading, steady].map { $0.pipeline.snapshot(at: $0.moment).targets.map(\.counters) }
        #expect(counters[0] == counters[1])
    }

    @Test("a new target is probed at once, a removed one disappears")
    func addAndRemove() throws {
        var harness = PipelineHarness([try spec("a"), try spec("b")])
        harness.run(for: .seconds(5))
        harness.pipeline.replace(specs: [try spec("b"), try spec("c")], at: harness.moment)
        harness.step()
        #expect(try harness.latest.targets.map(\.name.text) == ["b", "c"])
        #expect(try harness.latest.aggregate.status == .starting)
        #expect(harness.starts.last?.name == "c")
        harness.run(for: .seconds(1))
        #expect(try harness.latest.aggregate.status == .healthy)
        #expect(!harness.starts.contains { $0.name == "a" && $0.at > PipelineHarness.origin.advanced(by: .seconds(5)) })
    }

    @Test("other settings of the same probe keep breaker, status and history")
    func adjusted() throws {
        var harness = PipelineHarness([try spec("db", interval: .seconds(2))]) { _, _ in .fail }
        harness.run(for: .seconds(6))
        let before = try #require(harness.latest.targets.first)
        #expect(before.status == .unhealthy)
        harness.pipeline.replace(specs: [try spec("db", impact: .degrading, interval: .seconds(4))], at: harness.moment)
        harness.step()
        let after = try #require(harness.latest.targets.first)
        #expect(after.status == .unhealthy && after.impact == .degrading)
        #expect(after.breaker.failed == before.breaker.failed)
        #expect(after.since == before.since)
        #expect(try harness.latest.aggregate.status == .degraded)
    }

    @Test("another probe under the same name starts afresh")
    func anotherProbe() throws {
        var harness = PipelineHarness([try spec("db", interval: .seconds(2))]) { start, _ in
            start.spec.probe.subject.hasSuffix(":6379") ? .fail : .pass
        }
        harness.run(for: .seconds(6))
        #expect(try harness.latest.aggregate.status == .unhealthy)
        harness.pipeline.replace(specs: [try spec("db", interval: .seconds(2), port: 5432)], at: harness.moment)
        harness.step()
        #expect(try harness.latest.targets.first?.status == .starting)
        harness.run(for: .milliseconds(100))
        #expect(try harness.latest.aggregate.status == .healthy)
    }

    @Test("an outcome of a removed target is not taken, and its run is accounted for")
    func removedInFlight() throws {
        let harness = PipelineHarness([try spec("db")])
        let start = try #require(harness.pipeline.takeDue(at: harness.moment, limit: 1).first)
        harness.pipeline.replace(specs: [try spec("other")], at: harness.moment)
        let outcome = Answer.fail.outcome(startedAt: harness.now, endedAt: harness.now)
        #expect(!harness.finish(start.run, outcome))
        #expect(harness.pipeline.account.abandoned == 1)
        #expect(harness.pipeline.account.inFlight == 0)
        #expect(harness.pipeline.snapshot(at: harness.moment).targets.first?.counters.probes == 0)
    }

    @Test("five thousand targets are sorted by name")
    func manyTargets() throws {
        let specs = try (0..<5_000).map { try spec("t\($0)") }
        let harness = PipelineHarness(specs)
        let names = harness.pipeline.snapshot(at: harness.moment).targets.map(\.name)
        #expect(names.count == 5_000)
        #expect(names == names.sorted())
    }
}
