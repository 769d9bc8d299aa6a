// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("OwnFaultWatch")
struct OwnFaultWatchTests {
    private static func outcome(_ problem: InternalProblem?, _ message: String = "no") -> Outcome {
        Outcome(
            verdict: .unknown,
            layer: .l4Connection,
            failure: Failure(.internal, message, evidence: Evidence(problem: problem)),
            startedAt: moment(0).instant,
            duration: .zero
        )
    }

    private static let passed = Outcome(
        verdict: .healthy,
        layer: .l4OK,
        startedAt: moment(0).instant,
        duration: .zero
    )

    private static func target(_ index: Int) -> TargetID { TargetID(index) }

    private func watch(_ says: [Say], lateness: [Duration] = []) -> OwnFaultWatch {
        var watch = OwnFaultWatch(now: moment(0).instant)
        for say in says { watch.finished(say.outcome(endingAt: moment(0)), of: Self.target(0), at: moment(0)) }
        for lateness in lateness { watch.started(lateness: lateness, now: moment(0).instant) }
        return watch
    }

    @Test("a tenth of all probes failing for want of something without a name is a problem, less is not")
    func ownFaults() {
        var few = watch(Array(repeating: .pass, count: 10) + [.internalFault])
        #expect(few.problems(at: moment(0)) == [])
        var many = watch(Array(repeating: .fail, count: 9) + [.internalFault])
        let message = "1 of the last 10 probes failed through the agent's own fault: too many open files"
        #expect(many.problems(at: moment(5)) == [AgentProblem(.other, since: moment(5).wall, message: message)])
        var unknown = watch(Array(repeating: .unknown, count: 20))
        #expect(unknown.problems(at: moment(0)) == [])
    }

    @Test("more than one late start in a hundred is a problem")
    func lateness() {
        let punctual = Array(repeating: Duration.milliseconds(250), count: 99)
        var one = watch([], lateness: punctual + [.milliseconds(251)])
        #expect(one.problems(at: moment(0)) == [])
        var two = watch([], lateness: punctual + [.milliseconds(251), .seconds(9)])
        let message = "2 of the last 101 probes started more than 250ms late"
        #expect(two.problems(at: moment(0)) == [AgentProblem(.lateness, since: moment(0).wall, message: message)])
    }

    @Test("a run whose timeout proves nothing because the loop was late is a problem by itself")
    func lateOutcome() {
        var watch = OwnFaultWatch(now: moment(0).instant)
        watch.finished(Self.outcome(.lateness, "late by 2s"), of: Self.target(1), at: moment(0))
        watch.finished(Self.passed, of: Self.target(1), at: moment(1))
        #expect(watch.problems(at: moment(2)).map(\.problem) == [.lateness])
        #expect(watch.problems(at: moment(2)).map(\.message) == ["late by 2s"])
        #expect(watch.problems(at: moment(180_000)) == [])
    }

    @Test("a counted problem is shown for one to two minutes after its end")
    func forgetting() {
        var watch = watch(Array(repeating: .internalFault, count: 10))
        #expect(watch.problems(at: moment(119_000)).count == 1)
        #expect(watch.problems(at: moment(180_000)) == [])
    }

    @Test(
        "a problem with a name begins with its first outcome, and ends 30 seconds after the last target is rid of it",
        arguments: [InternalProblem.descriptors, .processes, .nameService, .route]
    )
    func named(problem: InternalProblem) {
        var watch = OwnFaultWatch(now: moment(0).instant)
        watch.finished(Self.outcome(problem, "first"), of: Self.target(1), at: moment(1_000))
        watch.finished(Self.outcome(problem, "second"), of: Self.target(2), at: moment(2_000))
        #expect(
            watch.problems(at: moment(3_000)) == [AgentProblem(problem, since: moment(1_000).wall, message: "second")]
        )
        watch.finished(Self.passed, of: Self.target(1), at: moment(4_000))
        watch.finished(Self.passed, of: Self.target(3), at: moment(5_000))
        #expect(watch.problems(at: moment(900_000)).map(\.problem) == [problem])
        watch.finished(Self.passed, of: Self.target(2), at: moment(900_000))
        #expect(watch.problems(at: moment(929_999)).map(\.problem) == [problem])
        #expect(watch.problems(at: moment(930_000)) == [])
    }

    @Test("a shortage that comes and goes is one problem")
    func flapping() {
        var watch = OwnFaultWatch(now: moment(0).instant)
        for second in Int64(0)..<10 {
            watch.finished(Self.outcome(.descriptors), of: Self.target(1), at: moment(second * 20_000))
            watch.finished(Self.passed, of: Self.target(1), at: moment(second * 20_000 + 10_000))
            #expect(
                watch.problems(at: moment(second * 20_000 + 19_999)).map(\.since) == [moment(0).wall],
                "after \(second) rounds"
            )
        }
    }

    @Test("a target that is gone has no problem, and one that has another has the first no more")
    func gone() {
        var watch = OwnFaultWatch(now: moment(0).instant)
        watch.finished(Self.outcome(.route), of: Self.target(1), at: moment(0))
        watch.finished(Self.outcome(.nameService), of: Self.target(1), at: moment(1_000))
        #expect(watch.problems(at: moment(31_000)).map(\.problem) == [.nameService])
        watch.removed(Self.target(1), now: moment(40_000).instant)
        #expect(watch.problems(at: moment(70_000)) == [])
    }

    @Test("problems stand in one order, whatever came first")
    func order() {
        var watch = OwnFaultWatch(now: moment(0).instant)
        for (index, problem) in [InternalProblem.route, .processes, .descriptors].enumerated() {
            watch.finished(Self.outcome(problem), of: Self.target(index), at: moment(Int64(index)))
        }
        #expect(watch.problems(at: moment(9)).map(\.problem) == [.descriptors, .processes, .route])
    }

    @Test("whether there is news is known without asking for the problems", arguments: 1...20 as ClosedRange<UInt64>)
    func news(seed: UInt64) {
        var watch = OwnFaultWatch(now: moment(0).instant)
        var known: [AgentProblem] = []
        var now: Int64 = 0
        var state = seed
        func roll(_ sides: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % sides
        }
        let causes: [InternalProblem?] = [.descriptors, .processes, .lateness, .nameService, .route, nil]
        var count = 0
        for _ in 0..<2_000 {
            now += Int64([1, 50, 5_000, 31_000][Int(roll(4))])
            let target = Self.target(Int(roll(3)))
            switch roll(8) {
            case 0: watch.finished(Self.outcome(causes[Int(roll(6))]), of: target, at: moment(now))
            case 1: watch.started(lateness: .seconds(Int64(roll(2))), now: moment(now).instant)
            case 2: watch.removed(target, now: moment(now).instant)
            default: watch.finished(Self.passed, of: target, at: moment(now))
            }
            let hasNews = watch.hasNews(since: known, at: moment(now))
            let problems = watch.problems(at: moment(now))
            #expect(hasNews == (problems.map(\.problem) != known.map(\.problem)), "seed \(seed) at \(now)")
            if hasNews { count += 1 }
            known = problems
        }
        #expect(count > 50)
    }
}
