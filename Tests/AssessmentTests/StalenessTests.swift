// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("Assessment: age")
struct StalenessTests {
    /// Three gaps of 10 s and a timeout of 2 s after the end of the run.
    private let limit: Int64 = 32_000

    @Test(
        "P8: a verdict is believed for so many gaps and the timeout, and not a nanosecond longer",
        arguments: [Say.pass, .warn]
    )
    func limitIsExact(say: Say) throws {
        var harness = AssessmentHarness([try spec("checkout")])
        harness.run(say)
        let standing = try harness.status()
        #expect(harness.assessment.ages.freshUntil == moment(limit).instant)
        #expect(try harness.health().staleAfter == moment(limit).instant)
        let last = Moment(instant: moment(limit).instant.advanced(by: .nanoseconds(-1)), wall: moment(limit).wall)
        harness.assessment.advance(at: last)
        #expect(try harness.status() == standing)
        harness.advance(to: limit)
        #expect(try harness.status() == .stale)
        #expect(harness.assessment.aggregateStatus == .unhealthy)
    }

    @Test("P8: probes that teach nothing do not keep a verdict fresh")
    func unknownDoesNotRefresh() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        harness.run(.pass)
        for _ in 0..<32 {
            harness.advance(by: 1_000)
            harness.run(.internalFault)
        }
        #expect(try harness.status() == .stale)
    }

    @Test("an unhealthy target stays unhealthy however old its verdict is")
    func unhealthyStays() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        for _ in 0..<3 { harness.run(.fail) }
        harness.advance(by: 3_600_000)
        #expect(try harness.status() == .unhealthy)
    }

    @Test("a stale target comes back with a passing verdict; a failing one does not turn it green")
    func recovery() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        harness.run(.pass)
        harness.advance(to: limit)
        harness.run(.fail)
        #expect(try harness.status() == .stale)
        harness.run(.pass)
        #expect(try harness.status() == .healthy)
        harness.advance(by: 40_000)
        for _ in 0..<3 { harness.run(.fail) }
        #expect(try harness.status() == .unhealthy)
    }

    @Test("a recovering target is not stale because of the time it was open")
    func recoveringIsFresh() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        for _ in 0..<3 { harness.run(.fail) }
        harness.advance(by: 3_600_000)
        harness.run(.pass)
        #expect(try harness.status() == .degraded)
        harness.run(.pass)
        #expect(try harness.status() == .healthy)
    }

    @Test("the snapshot is fresh as long as the required target that grows stale first; others do not count")
    func freshUntil() throws {
        let specs = [
            try spec("slow", interval: .seconds(60)), try spec("fast", interval: .seconds(10)),
            try spec("other", impact: .degrading, interval: .seconds(1)),
        ]
        var harness = AssessmentHarness(specs)
        #expect(harness.assessment.ages.freshUntil == .never)
        for target in 0...2 { harness.run(.pass, target: target) }
        #expect(harness.assessment.ages.freshUntil == moment(limit).instant)
        harness.advance(to: 20_000)
        harness.run(.pass, target: 1)
        #expect(harness.assessment.ages.freshUntil == moment(20_000 + limit).instant)
    }

    @Test("a stale degrading target degrades, a stale informational one does nothing")
    func otherImpacts() throws {
        var harness = AssessmentHarness([try spec("a", impact: .degrading), try spec("b", impact: .informational)])
        harness.run(.pass, target: 1)
        harness.advance(to: 1_000)
        harness.run(.pass)
        harness.advance(to: limit)
        #expect(try harness.status(1) == .stale)
        #expect(harness.assessment.aggregateStatus == .healthy)
        harness.advance(to: limit + 1_000)
        #expect(try harness.status(0) == .stale)
        #expect(harness.assessment.aggregateStatus == .degraded)
    }

    @Test("a longer interval makes nobody stale before the first probe at the new interval")
    func longerInterval() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        harness.run(.pass)
        harness.advance(to: 5_000)
        harness.assessment.replace(
            TargetID(0),
            ProbeDefinition(try spec("checkout", interval: .seconds(600))),
            at: moment(5_000)
        )
        harness.advance(to: 600_000)
        #expect(try harness.status() == .healthy)
    }

    @Test("a planned gap longer than the interval prolongs belief")
    func longGap() throws {
        let harness = AssessmentHarness([try spec("checkout")], maximumStaleness: 1)
        _ = harness.assessment.begin(TargetID(0), at: moment(0))
        _ = harness.assessment.finish(TargetID(0), outcome: Say.pass.outcome(endingAt: moment(0)), at: moment(0))
        harness.assessment.plan(TargetID(0), due: moment(14_900).instant, at: moment(0))
        #expect(harness.assessment.ages.freshUntil == moment(16_900).instant)
    }

    @Test("an outcome from before a suspend is as old as it is")
    func outcomeFromBeforeSuspend() throws {
        let harness = AssessmentHarness([try spec("checkout")])
        _ = harness.assessment.begin(TargetID(0), at: moment(0))
        let old = Say.pass.outcome(endingAt: moment(100))
        _ = harness.assessment.finish(TargetID(0), outcome: old, at: moment(600_000))
        harness.assessment.plan(TargetID(0), due: moment(600_500).instant, at: moment(600_000))
        #expect(try harness.status() == .stale)
    }
}
