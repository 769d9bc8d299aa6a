// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

/// A target of one impact, to be driven into one status.
struct Case: Hashable, CustomTestStringConvertible {
    var impact: Impact
    var status: TargetStatus

    static let all = Impact.allCases.flatMap { impact in TargetStatus.allCases.map { Case(impact: impact, status: $0) }
    }

    var testDescription: String { "\(impact) \(status)" }
}

@Suite("Assessment: the aggregate")
struct AggregateTests {
    /// What each target asks for by itself, worst first; written down apart from the code under test.
    private static let wishes: [Case: AggregateStatus] = [
        Case(impact: .required, status: .unhealthy): .unhealthy,
        Case(impact: .required, status: .stale): .unhealthy,
        Case(impact: .required, status: .starting): .starting,
        Case(impact: .required, status: .degraded): .degraded,
        Case(impact: .degrading, status: .unhealthy): .degraded,
        Case(impact: .degrading, status: .stale): .degraded,
    ]

    private func expected(_ cases: [Case]) -> AggregateStatus {
        let wishes = cases.map { Self.wishes[$0] ?? .healthy }
        return [.unhealthy, .starting, .degraded].first(where: wishes.contains) ?? .healthy
    }

    /// An assessment with one target for each case, in that case's status.
    private func drive(_ cases: [Case]) throws -> AssessmentHarness {
        let specs = try cases.enumerated().map { try spec("t\($0)", impact: $1.impact) }
        var harness = AssessmentHarness(specs)
        for (target, wanted) in cases.enumerated() where wanted.status == .stale { harness.run(.pass, target: target) }
        harness.advance(to: 40_000)
        for (target, wanted) in cases.enumerated() {
            switch wanted.status {
            case .starting, .stale: break
            case .healthy: harness.run(.pass, target: target)
            case .degraded: harness.run(.warn, target: target)
            case .unhealthy: for _ in 0..<3 { harness.run(.fail, target: target) }
            }
            #expect(try harness.status(target) == wanted.status)
        }
        return harness
    }

    @Test("the worst target decides, by impact", arguments: Case.all, Case.all)
    func worstOf(first: Case, second: Case) throws {
        let harness = try drive([first, second])
        #expect(harness.assessment.aggregateStatus == expected([first, second]))
    }

    @Test("draining goes before everything", arguments: Case.all)
    func draining(other: Case) throws {
        let harness = try drive([other])
        harness.assessment.drain(at: moment(harness.now))
        #expect(harness.assessment.aggregateStatus == .draining)
        #expect(harness.assessment.aggregate.why == "the agent is shutting down")
    }

    @Test("without any target the agent is unhealthy and says so")
    func noTargets() {
        let harness = AssessmentHarness([])
        #expect(harness.assessment.aggregate.status == .unhealthy)
        #expect(harness.assessment.aggregate.why == "no probes are configured")
        #expect(harness.assessment.aggregate.change == "a probe in the configuration")
    }

    @Test(
        "the explanation names rule and targets",
        arguments: [
            ([Case(impact: .required, status: .healthy)], "no required or degrading target is in the way", nil),
            (
                [Case(impact: .required, status: .unhealthy), Case(impact: .required, status: .stale)],
                "1 required target is unhealthy: t0; 1 required target is stale: t1", "a return of t0, t1"
            ),
            (
                [Case(impact: .required, status: .starting), Case(impact: .required, status: .starting)],
                "2 required targets are starting: t0, t1", "a first passing verdict of t0, t1"
            ),
            (
                [Case(impact: .degrading, status: .unhealthy), Case(impact: .required, status: .degraded)],
                "1 required target is degraded: t1; 1 degrading target is unhealthy: t0", "a recovery of t0, t1"
            ),
            (
                Array(repeating: Case(impact: .required, status: .unhealthy), count: 7),
                "7 required targets are unhealthy: t0, t1, t2, t3, t4 and 2 more",
                "a return of t0, t1, t2, t3, t4 and 2 more"
            ),
        ] as [([Case], String, String?)]
    )
    func explanation(cases: [Case], why: String, change: String?) throws {
        let aggregate = try drive(cases).assessment.aggregate
        #expect(aggregate.why == why)
        #expect(aggregate.change == change)
        #expect(aggregate.causes.count == (aggregate.status == .healthy ? 0 : cases.count))
        #expect(aggregate.causes == aggregate.causes.sorted())
    }

    @Test("it says since when it holds, on the wall clock")
    func since() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        harness.advance(to: 1_000)
        harness.run(.pass)
        harness.advance(to: 2_000)
        harness.run(.pass)
        #expect(harness.assessment.aggregate.since == moment(1_000).wall)
    }

    @Test("a removed target leaves the aggregate")
    func removal() throws {
        let harness = try drive([
            Case(impact: .required, status: .healthy), Case(impact: .required, status: .unhealthy),
        ])
        #expect(harness.assessment.aggregateStatus == .unhealthy)
        harness.assessment.remove(TargetID(1), at: moment(harness.now))
        harness.assessment.reassess(at: moment(harness.now))
        #expect(harness.assessment.aggregateStatus == .healthy)
    }

    @Test("the explanation follows the list of targets even where the status stays")
    func explanationFollowsList() throws {
        let harness = try drive([Case(impact: .required, status: .unhealthy)])
        #expect(harness.assessment.aggregate.why == "1 required target is unhealthy: t0")
        harness.assessment.remove(TargetID(0), at: moment(harness.now))
        harness.assessment.reassess(at: moment(harness.now))
        #expect(harness.assessment.aggregate.status == .unhealthy)
        #expect(harness.assessment.aggregate.why == "no probes are configured")
    }

    @Test("a new impact counts at once")
    func newImpact() throws {
        let harness = try drive([Case(impact: .required, status: .unhealthy)])
        harness.assessment.replace(
            TargetID(0),
            ProbeDefinition(try spec("t0", impact: .degrading)),
            at: moment(harness.now)
        )
        harness.assessment.reassess(at: moment(harness.now))
        #expect(harness.assessment.aggregateStatus == .degraded)
    }
}
