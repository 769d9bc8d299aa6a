// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("Pipeline: figures")
struct PipelineFiguresTests {
    @Test("while nobody asks, healthy targets are shown as believed, with the figures of old")
    func unasked() throws {
        let specs = try (0..<10).map { try spec("t\($0)", interval: .seconds(1), timeout: .seconds(1)) }
        var harness = PipelineHarness(specs)
        harness.run(for: .seconds(60))
        let latest = try harness.latest
        #expect(latest.takenAt >= harness.now.advanced(by: .seconds(-2)))
        #expect(latest.targets.allSatisfy { $0.status == .healthy && $0.counters.probes < 3 })
        #expect(latest.figuresAt < harness.now.advanced(by: .seconds(-50)))
        #expect(latest.beliefs.allSatisfy { $0 > harness.now })
        #expect(latest.asServed(at: latest.takenAt.advanced(by: .seconds(2))).targets == latest.targets)
    }

    @Test("snapshots share their targets until one is drawn again")
    func shared() throws {
        var isUp = true
        var harness = PipelineHarness([try spec("a", interval: .seconds(1))]) { _, _ in isUp ? .pass : .fail }
        harness.run(for: .seconds(5))
        let since = Set(harness.snapshots.dropFirst(2).map(\.targetsSince))
        #expect(harness.snapshots.count > 4 && since.count == 1)
        isUp = false
        harness.run(for: .seconds(2))
        #expect(try harness.latest.targetsSince > since.first ?? .max)
    }

    @Test("who asks gets all of them, and who asks later newer ones")
    func asked() throws {
        var harness = PipelineHarness([try spec("a", interval: .seconds(1)), try spec("b", interval: .seconds(2))])
        for seconds in [9, 20] {
            harness.run(for: .seconds(seconds))
            harness.pipeline.askForFigures(at: harness.moment)
            harness.step()
            let latest = try harness.latest
            let all = harness.pipeline.snapshot(at: harness.moment)
            #expect(latest.takenAt == harness.now && latest.figuresAt == harness.now)
            #expect(latest.targets == all.targets)
            #expect(latest.targets[0].counters.probes > seconds - 1)
        }
    }

    @Test("what is said of a target that fails is published with every second, though nobody asks")
    func failing() throws {
        let policy = BreakerPolicy(failureThreshold: 100)
        let specs = [try spec("a", interval: .seconds(1), breaker: policy), try spec("b", interval: .seconds(1))]
        var harness = PipelineHarness(specs) { start, _ in start.spec.name.text == "a" ? .fail : .pass }
        for seconds in 2...20 {
            harness.run(for: .seconds(1))
            let target = try harness.latest.targets[0]
            #expect(abs(target.breaker.consecutiveFailures - seconds) <= 1)
        }
    }

    @Test("one more success after a failure is shown without being asked for")
    func recovered() throws {
        var isUp = true
        var harness = PipelineHarness([try spec("a", interval: .seconds(1))]) { _, _ in isUp ? .pass : .fail }
        harness.run(for: .seconds(5))
        isUp = false
        harness.run(for: .milliseconds(1_500))
        #expect(harness.snapshots.contains { $0.targets[0].breaker.consecutiveFailures > 0 })
        isUp = true
        harness.run(for: .seconds(3))
        let target = try harness.latest.targets[0]
        #expect(target.status == .healthy && target.breaker.consecutiveFailures == 0)
    }

    @Test("those of many targets are drawn over several turns, within a quarter of a second")
    func many() throws {
        var harness = PipelineHarness(try (0..<1_000).map { try spec("t\($0)", interval: .seconds(30)) })
        harness.run(for: .seconds(40))
        let count = harness.snapshots.count
        let askedAt = harness.now
        harness.pipeline.askForFigures(at: harness.moment)
        var turns = 0
        while try harness.latest.figuresAt < askedAt {
            let wake = harness.pipeline.nextWake
            #expect(try #require(wake) <= harness.now, "drawing goes on without a wait")
            harness.stall(for: .milliseconds(1))
            harness.step()
            turns += 1
            try #require(turns < 1_000)
        }
        #expect(turns > 10)
        #expect(askedAt.duration(to: try harness.latest.takenAt) <= .milliseconds(250))
        #expect(harness.snapshots.count == count + 1)
    }
}
