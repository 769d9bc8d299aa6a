// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("Assessment: dependencies")
struct DependencyTests {
    /// web → api → db, and cache on its own.
    private func chain() throws -> AssessmentHarness {
        var harness = AssessmentHarness([
            try spec("web", dependencies: ["api"]),
            try spec("api", dependencies: ["db"]),
            try spec("db", impact: .informational),
            try spec("cache"),
        ])
        for target in 0..<4 { harness.run(.pass, target: target) }
        return harness
    }

    @Test("a failure behind a failed dependency stays one, and is attributed to the end of the chain")
    func attribution() throws {
        var harness = try chain()
        for target in [2, 1, 0] { harness.breakDown(target) }
        #expect(try harness.status(0) == .unhealthy)
        #expect(try harness.health(0).attributedTo == [name("db")])
        #expect(try harness.health(1).attributedTo == [name("db")])
        #expect(try harness.health(2).attributedTo == [])
        #expect(
            try harness.health(0).why
                == "3 consecutive failures: connect refused; probed again when the breaker half-opens; "
                + "attributed to db, which it depends on"
        )
    }

    @Test("the aggregate names the root as its one cause, and the others apart")
    func aggregate() throws {
        var harness = try chain()
        for target in [2, 1, 0] { harness.breakDown(target) }
        let aggregate = harness.aggregate
        #expect(aggregate.status == .unhealthy)
        #expect(aggregate.why == "2 required targets are unhealthy because of db: api, web")
        #expect(try aggregate.causes == [name("db")])
        #expect(try aggregate.attributed == [name("api"), name("web")])
        #expect(aggregate.change == "a return of db")
        harness.breakDown(3)
        #expect(
            harness.aggregate.why
                == "1 required target is unhealthy: cache; 2 required targets are unhealthy because of db: api, web"
        )
        #expect(try harness.aggregate.causes == [name("cache"), name("db")])
    }

    @Test("a dependency that passes ends the chain")
    func brokenChain() throws {
        var harness = try chain()
        harness.breakDown(2)
        harness.breakDown(0)
        #expect(try harness.health(0).attributedTo == [])
        #expect(try harness.aggregate.causes == [name("web")])
    }

    @Test("attribution follows when the dependency goes down later, and when it comes back")
    func later() throws {
        var harness = try chain()
        harness.breakDown(1)
        _ = harness.assessment.takeTouched()
        #expect(try harness.health(1).attributedTo == [])
        harness.breakDown(2)
        #expect(Set(harness.assessment.takeTouched()) == [TargetID(0), TargetID(1), TargetID(2)])
        #expect(try harness.health(1).attributedTo == [name("db")])
        #expect(harness.aggregate.why == "1 required target is unhealthy because of db: api")
        harness.advance(by: 6_000)
        harness.run(.pass, target: 2)
        #expect(try harness.health(1).attributedTo == [])
        #expect(try harness.aggregate.causes == [name("api")])
    }

    @Test("the touched targets are taken one by one, the last one first, and the others stay")
    func someTouched() throws {
        var harness = try chain()
        _ = harness.assessment.takeTouched()
        for target in 0..<3 { harness.run(.warn, target: target) }
        #expect(harness.assessment.takeLastTouched() == TargetID(2))
        harness.run(.warn, target: 2)
        #expect(harness.assessment.takeLastTouched() == TargetID(2))
        #expect(harness.assessment.takeTouched() == [TargetID(0), TargetID(1)])
        #expect(harness.assessment.takeLastTouched() == nil)
    }

    @Test(
        "a healthy target that passes once more is counted, and touched by whatever else it says",
        arguments: [Say.warn, .fail, .unknown]
    )
    func counted(say: Say) throws {
        var harness = try chain()
        harness.run(.pass, target: 1)
        _ = harness.assessment.takeTouched()
        while harness.assessment.takeLastCounted() != nil {}
        for _ in 0..<3 { harness.run(.pass, target: 1) }
        #expect(harness.assessment.takeLastTouched() == nil)
        #expect(harness.assessment.takeLastCounted() == TargetID(1))
        #expect(!harness.assessment.hasCounted && harness.assessment.takeLastCounted() == nil)
        harness.run(say, target: 1)
        #expect(harness.assessment.takeTouched() == [TargetID(1)])
        harness.run(.pass, target: 1)
        #expect(harness.assessment.takeTouched() == [TargetID(1)])
    }

    @Test("a target that is probed for data only is counted, and touched when its breaker half-opens")
    func observed() throws {
        let policy = BreakerPolicy(failureThreshold: 1, whileOpen: .observe)
        var harness = AssessmentHarness([try spec("a", breaker: policy)])
        harness.run(.fail)
        _ = harness.assessment.takeTouched()
        for say in [Say.fail, .pass, .fail] {
            harness.run(say)
            #expect(harness.assessment.takeLastTouched() == nil)
            #expect(harness.assessment.takeLastCounted() == TargetID(0))
        }
        harness.run(.unknown)
        #expect(harness.assessment.takeTouched() == [TargetID(0)])
        harness.run(.fail)
        #expect(harness.assessment.takeTouched() == [TargetID(0)])
        harness.advance(by: 60_000)
        #expect(harness.assessment.takeTouched() == [TargetID(0)])
    }

    @Test("the change of a target says to whom it is attributed, so that it need not alert")
    func change() throws {
        var harness = try chain()
        harness.breakDown(2)
        _ = harness.assessment.takeChanges()
        harness.breakDown(1)
        let changes = harness.assessment.takeChanges().compactMap { change -> StatusChange? in
            if case .target(let change) = change.event { change } else { nil }
        }
        #expect(try changes.last?.attributedTo == [name("db")])
    }

    @Test("several failed dependencies are all named")
    func several() throws {
        var harness = AssessmentHarness([
            try spec("web", dependencies: ["db", "mail", "queue"]), try spec("db"), try spec("mail"), try spec("queue"),
        ])
        for target in [1, 2, 0] { harness.breakDown(target) }
        #expect(try harness.health(0).attributedTo == [name("db"), name("mail")])
    }

    @Test("a dependency that is removed is none")
    func removed() throws {
        var harness = try chain()
        for target in [2, 1] { harness.breakDown(target) }
        harness.assessment.remove(TargetID(2), at: moment(harness.now))
        harness.assessment.reassess(at: moment(harness.now))
        #expect(try harness.health(1).attributedTo == [])
        #expect(try harness.aggregate.causes == [name("api")])
    }

    @Test("a circle that slipped through ends somewhere")
    func circle() throws {
        var harness = AssessmentHarness([
            try spec("a", dependencies: ["b"]), try spec("b", dependencies: ["a"]), try spec("c", dependencies: ["a"]),
        ])
        for target in 0..<3 { harness.breakDown(target) }
        #expect(try harness.status(2) == .unhealthy)
        #expect(harness.aggregate.status == .unhealthy)
    }

    @Test("a group names the roots of its members")
    func group() throws {
        let specs = [
            try spec("a", groups: ["pool"], dependencies: ["db"]), try spec("b", groups: ["pool"]),
            try spec("db", impact: .informational),
        ]
        var harness = AssessmentHarness(
            specs,
            settings: AggregateSettings(groups: [GroupSpec(name: try #require(GroupName("pool")))])
        )
        for target in 0..<3 { harness.breakDown(target) }
        let pool = try harness.group("pool")
        #expect(pool.why == "2 of 2 needed, 0 pass; unhealthy: b; unhealthy because of db: a")
        #expect(try pool.causes == [name("b"), name("db")])
        #expect(try pool.attributed == [name("a")])
    }
}
