// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("Assessment: the status of a target")
struct TargetStatusTests {
    @Test("a target is starting until its first verdict")
    func starting() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        #expect(try harness.status() == .starting)
        harness.run(.internalFault)
        harness.run(.unknown)
        #expect(try harness.status() == .starting)
    }

    @Test("one passing probe at the start is enough")
    func firstPass() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        harness.run(.pass)
        #expect(try harness.status() == .healthy)
        #expect(harness.assessment.aggregateStatus == .healthy)
    }

    @Test("a failing first probe leaves the target starting, and readiness red, until the breaker opens")
    func firstFail() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        var seen: [TargetStatus] = []
        for _ in 0..<3 {
            harness.run(.fail)
            seen.append(try harness.status())
        }
        #expect(seen == [.starting, .starting, .unhealthy])
    }

    @Test(
        "it goes down exactly at the third failure in a row and comes up at the second success; a success between resets"
    )
    func fallAndRise() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        var seen: [TargetStatus] = []
        for say in [Say.pass, .fail, .fail, .pass, .fail, .fail, .fail] {
            harness.run(say)
            seen.append(try harness.status())
            harness.advance(by: 1_000)
        }
        #expect(seen == [.healthy, .healthy, .healthy, .healthy, .healthy, .healthy, .unhealthy])
        harness.advance(by: 4_000)
        #expect(try harness.status() == .unhealthy)
        #expect(try harness.health().breaker.state == .halfOpen)
        harness.run(.pass)
        #expect(try harness.status() == .degraded)
        harness.run(.pass)
        #expect(try harness.status() == .healthy)
    }

    @Test("1-0-1-0 with 3 of 5 goes down at the third failure in the window")
    func slidingFailures() throws {
        let policy = BreakerPolicy(slidingFailures: .init(failures: 3, outcomes: 5))
        var harness = AssessmentHarness([try spec("checkout", breaker: policy)])
        var seen: [TargetStatus] = []
        for say in [Say.pass, .fail, .pass, .fail, .pass, .fail] {
            harness.run(say)
            seen.append(try harness.status())
        }
        #expect(seen == [.healthy, .healthy, .healthy, .healthy, .healthy, .unhealthy])
    }

    @Test("a warning makes it degraded and counts as a success")
    func warning() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        for say in [Say.fail, .fail, .warn, .fail, .fail] { harness.run(say) }
        #expect(try harness.status() == .degraded)
        harness.run(.pass)
        #expect(try harness.status() == .healthy)
    }

    @Test("a half-open breaker is unhealthy until a success of this round, so a dead target never answers 200")
    func deadTargetStaysDown() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        for _ in 0..<3 { harness.run(.fail) }
        for _ in 0..<20 {
            let deadline = harness.assessment.nextDeadline()
            let due = try #require(deadline)
            let wait = moment(harness.now).instant.duration(to: due).inNanoseconds / 1_000_000
            harness.advance(by: wait)
            #expect(try harness.health().breaker.state == .halfOpen)
            #expect(try harness.status() == .unhealthy)
            harness.run(.fail)
            #expect(try harness.status() == .unhealthy)
            #expect(harness.assessment.aggregateStatus == .unhealthy)
        }
    }

    @Test("a success counts for its own half-open round only")
    func successOfAnEarlierRound() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        for _ in 0..<3 { harness.run(.fail) }
        harness.advance(by: 5_000)
        harness.run(.pass)
        #expect(try harness.status() == .degraded)
        harness.run(.fail)
        #expect(try harness.status() == .unhealthy)
        harness.advance(by: 10_000)
        #expect(try harness.health().breaker.state == .halfOpen)
        #expect(try harness.status() == .unhealthy)
    }

    @Test("P7: our own failure never counts against a target", arguments: [Say.pass, .warn])
    func ownFailure(before: Say) throws {
        var harness = AssessmentHarness([try spec("checkout")])
        harness.run(before)
        let standing = try harness.status()
        for _ in 0..<50 {
            harness.run(.internalFault)
            harness.advance(by: 500)
            #expect(try harness.status() == standing)
        }
        let health = try harness.health()
        #expect(health.breaker.failed == 0 && health.breaker.consecutiveFailures == 0)
        #expect(health.counters[.unknown] == 50)
    }

    @Test("P7: our own failures neither end nor prolong a half-open round, and never heal")
    func ownFailureWhileHalfOpen() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        for _ in 0..<3 { harness.run(.fail) }
        harness.advance(by: 5_000)
        for _ in 0..<10 { #expect(harness.run(.internalFault) == .admitted) }
        #expect(try harness.status() == .unhealthy)
        #expect(try harness.health().breaker.state == .halfOpen)
        harness.run(.pass)
        harness.run(.internalFault)
        #expect(try harness.status() == .degraded)
        harness.run(.pass)
        #expect(try harness.status() == .healthy)
    }

    @Test("an internal reason is our own failure whatever verdict came with it")
    func internalReasonWins() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        harness.run(.pass)
        for _ in 0..<5 {
            var outcome = Say.internalFault.outcome(endingAt: moment(0))
            outcome.verdict = .unhealthy
            #expect(harness.assessment.begin(TargetID(0), at: moment(0)) == .admitted)
            _ = harness.assessment.finish(TargetID(0), outcome: outcome, at: moment(0))
        }
        #expect(try harness.status() == .healthy)
    }

    @Test("without any rule that opens the breaker each verdict decides")
    func noRules() throws {
        var harness = AssessmentHarness([try spec("checkout", breaker: BreakerPolicy(failureThreshold: 0))])
        var seen: [TargetStatus] = []
        for say in [Say.fail, .pass, .fail, .internalFault, .warn] {
            harness.run(say)
            seen.append(try harness.status())
        }
        #expect(seen == [.unhealthy, .healthy, .unhealthy, .unhealthy, .degraded])
    }

    @Test("slow calls open the breaker by the probe's own duration")
    func slowCalls() throws {
        let policy = BreakerPolicy(
            minimumCalls: 2,
            window: .count(2),
            slowCall: .init(over: .milliseconds(4), rate: 0.8)
        )
        var harness = AssessmentHarness([try spec("checkout", breaker: policy)])
        harness.run(.pass)
        #expect(try harness.status() == .healthy)
        harness.run(.pass)
        #expect(try harness.status() == .unhealthy)
    }

    @Test("a paused target is rejected while open and told when to come again; an observed one runs without counting")
    func whileOpen() throws {
        var observing = BreakerPolicy(backoff: .init(jitter: 0))
        observing.whileOpen = .observe
        var harness = AssessmentHarness([try spec("paused"), try spec("observed", breaker: observing)])
        for target in 0...1 { for _ in 0..<3 { harness.run(.fail, target: target) } }
        harness.advance(by: 1_000)
        #expect(harness.run(.pass) == .rejected(.at(moment(5_000).instant)))
        #expect(try harness.health().breaker.rejected == 1)
        #expect(harness.assessment.begin(TargetID(1), at: moment(harness.now)) == .observeOnly)
        #expect(harness.finish(.pass, target: 1) == .onIntervalOrAt(moment(5_000).instant))
        #expect(try harness.status(1) == .unhealthy)
        #expect(try harness.health(1).lastOutcome?.verdict == .healthy)
        #expect(try harness.health(1).breaker.rejected == 0)
    }

    @Test("the next probe comes on the interval while closed, when the wait is over while open, faster while half-open")
    func nextDue() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        func next(_ say: Say) -> NextDue {
            _ = harness.assessment.begin(TargetID(0), at: moment(harness.now))
            return harness.finish(say)
        }
        #expect(next(.pass) == .onInterval)
        #expect(next(.fail) == .onInterval)
        #expect(next(.fail) == .onInterval)
        #expect(next(.fail) == .at(moment(5_000).instant))
        harness.advance(to: 5_000)
        #expect(next(.pass) == .after(.seconds(1)))
        #expect(next(.pass) == .onInterval)
    }

    @Test("an open time that is no whole number of nanoseconds has passed when the next probe comes")
    func openTimeBelowTheClock() throws {
        var policy = BreakerPolicy(backoff: .init(multiplier: 1, jitter: 0))
        policy.openDuration = Duration(secondsComponent: 5, attosecondsComponent: 1)
        var harness = AssessmentHarness([try spec("checkout", breaker: policy)])
        for _ in 0..<2 { harness.run(.fail) }
        _ = harness.assessment.begin(TargetID(0), at: moment(0))
        let due = moment(5_000).instant.advanced(by: .nanoseconds(1))
        #expect(harness.finish(.fail) == .at(due))
        let then = Moment(instant: due, wall: moment(5_000).wall)
        #expect(harness.assessment.begin(TargetID(0), at: then) == .admitted)
    }
}
