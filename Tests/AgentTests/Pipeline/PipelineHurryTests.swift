// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import Testing

@Suite("HealthPipeline: a target that asks for a run")
struct PipelineHurryTests {
    @Test("it is probed at once, and the outcome counts like any other")
    func counts() throws {
        var harness = try PipelineHarness([spec("orders")]) { _, _ in .fail }
        harness.run(for: .seconds(1))
        #expect(harness.starts.count == 1)
        for _ in 0..<2 {
            harness.pipeline.hurry(try name("orders"), at: harness.moment)
            harness.run(for: .milliseconds(200))
        }
        #expect(harness.starts.count == 3)
        #expect(try harness.latest.targets.first?.status == .unhealthy)
        #expect(try harness.latest.targets.first?.breaker.state == .open)
    }

    @Test("an open breaker holds it back until its wait has passed")
    func open() throws {
        let policy = BreakerPolicy(failureThreshold: 1, openDuration: .seconds(5), backoff: .init(jitter: 0))
        var isUp = false
        var harness = try PipelineHarness([spec("orders", breaker: policy)]) { _, _ in isUp ? .pass : .fail }
        harness.run(for: .seconds(1))
        #expect(harness.starts.count == 1)
        isUp = true
        for _ in 0..<3 {
            harness.pipeline.hurry(try name("orders"), at: harness.moment)
            harness.run(for: .seconds(1))
        }
        #expect(harness.starts.count == 1)
        #expect(try harness.latest.targets.first?.breaker.state == .open)
        harness.run(for: .seconds(2))
        #expect(harness.starts.count == 2)
        #expect(try harness.latest.targets.first?.breaker.state != .open)
    }

    @Test("nobody is probed for it while draining, and an unknown name does nothing")
    func draining() throws {
        var harness = try PipelineHarness([spec("orders")])
        harness.run(for: .seconds(1))
        harness.pipeline.hurry(try name("nobody"), at: harness.moment)
        harness.pipeline.drain(at: harness.moment)
        harness.pipeline.hurry(try name("orders"), at: harness.moment)
        harness.run(for: .seconds(1))
        #expect(harness.starts.count == 1)
    }

    private func name(_ text: String) throws -> TargetName { try #require(TargetName(text)) }
}
