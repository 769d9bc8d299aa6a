// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker: when it opens")
struct CircuitBreakerTripTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var title: String
        var configuration: CircuitBreakerConfiguration
        var script: String
        var testDescription: String { title }

        init(_ title: String, _ configuration: CircuitBreakerConfiguration, _ script: String) {
            self.title = title
            self.configuration = configuration
            self.script = script
        }
    }

    @Test(
        "a row of outcomes leads to the state of the table",
        arguments: [
            Row("below the minimum no rate counts (row 1)", .rates, "3*F S =closed"),
            Row("a success that completes the minimum opens (row 2)", .rates, "3*F S =closed S =open A!"),
            Row(
                "the rate is evaluated over the whole window (row 3)",
                .rates,
                "S +1000 S +1000 S +1000 F +1000 F =closed +1000 F =open"
            ),
            Row("slow calls open whether they fail or not (row 4)", .rates, "FF SS F S =closed SS =open"),
            Row("40 % is below 50 % (row 6)", .ring(10, minimum: 10, rate: 0.5), "4*F 6*S =closed"),
            Row(
                "a minimum above the window is clamped (row 23)",
                .ring(10, minimum: 100, rate: 0.5),
                "9*F =closed F =open"
            ),
            Row("a success breaks a row of failures (row 9)", .consecutive(6), "5*F S F =closed 4*F =closed F =open"),
            Row("three in a row, not three in all (row 20)", .consecutive(3), "F S 2*F =closed F =open"),
            Row("ignored calls do not break a row", .consecutive(3), "2*F I X F =open"),
            Row("9 calls with 1 failure (row 18)", .timed(10, minimum: 10, rate: 0.1), "F 8*S =closed"),
            Row("10 calls with 1 failure reach 10 % (row 18)", .timed(10, minimum: 10, rate: 0.1), "F 8*S S =open"),
            Row(
                "an 11th call that fails reaches 10 % (row 18)",
                .timed(10, minimum: 10, rate: 0.1),
                "9*S S =closed F =closed F =open"
            ),
            Row(
                "a failure one tick younger than the window counts (row 15)",
                .timed(10, minimum: 4, rate: 0.5),
                "3*F +9999 F =open"
            ),
            Row("a failure as old as the window does not", .timed(10, minimum: 4, rate: 0.5), "3*F +10000 F =closed"),
            Row("a success can open (row 17)", .timed(10, minimum: 4, rate: 0.5), "3*F S =open"),
            Row("two failures among the last three", .consecutive(0).sliding(2, of: 3), "F S S F S =closed F =open"),
            Row("a rule that is off never opens", .consecutive(0), "1000*F =closed"),
        ]
    )
    func table(_ row: Row) {
        BreakerScript(row.configuration).play(row.script)
    }

    @Test("the snapshot shows the rate only from the minimum on (row 1)")
    func rateBelowMinimum() {
        let script = BreakerScript(.rates).play("3*F S")
        #expect(script.snapshot.failureRate == nil)
        #expect(script.snapshot.counts.calls == 4)
        #expect(script.snapshot.counts.failures == 3)
    }

    @Test("the trip keeps its arithmetic and rejections are counted (row 2)")
    func tripArithmetic() throws {
        let script = BreakerScript(.rates).play("3*F 2*S A!")
        let trip = try #require(script.snapshot.trip)
        guard case .failureRate(let counts, let threshold) = trip else {
            Issue.record("opened for \(trip)")
            return
        }
        #expect(counts.failureRate == 0.6)
        #expect(threshold == 0.5)
        #expect(script.snapshot.rejectedInState == 1)
        #expect(script.recorder.transitions == ["closed → open"])
    }

    @Test("the slow-call rate is the reason when failures stay below their threshold (row 4)")
    func slowTrip() throws {
        let script = BreakerScript(.rates).play("FF SS F S SS")
        let trip = try #require(script.snapshot.trip)
        guard case .slowCallRate(let counts, _) = trip else {
            Issue.record("opened for \(trip)")
            return
        }
        #expect(counts.slowCallRate == 0.6)
        #expect(counts.failureRate == 0.4)
        #expect(script.snapshot.tripCause == nil)
    }

    @Test(
        "a call that takes exactly the limit is not slow, one tick more is (row 8)",
        arguments: [(100, false), (101, true)]
    )
    func slowLimit(milliseconds: Int, isOpen: Bool) {
        let configuration = CircuitBreakerConfiguration.ring(5, minimum: 5, rate: 1).with {
            $0.slowCallDuration = .milliseconds(100)
            $0.slowCallRateThreshold = 0.5
        }
        let script = BreakerScript(configuration, slowCall: .milliseconds(milliseconds)).play("5*SS")
        #expect((script.state == .open) == isOpen)
    }

    @Test("a permit measures its own duration")
    func measuredDuration() {
        let configuration = CircuitBreakerConfiguration.ring(1, minimum: 1, rate: 1).with {
            $0.slowCallDuration = .seconds(1)
            $0.slowCallRateThreshold = 1
        }
        let script = BreakerScript(configuration)
        guard case .admitted(let permit) = script.breaker.tryAcquire() else {
            Issue.record("rejected")
            return
        }
        script.clock.advance(by: .milliseconds(1_001))
        permit.succeed()
        #expect(script.state == .open)
        #expect(script.snapshot.totals.slow == 1)
    }

    @Test("ignored calls are counted apart and leave the rate alone (row 10)")
    func ignoredApart() {
        let script = BreakerScript(.counts)
        for _ in 0..<5 { script.play("S F I") }
        let snapshot = script.snapshot
        #expect(snapshot.state == .closed)
        #expect(snapshot.totals.admitted == 15)
        #expect(snapshot.totals.ignored == 5)
        #expect(snapshot.counts.calls == 10)
        #expect(snapshot.failureRate == 0.5)
    }

    @Test("a success starts the row of failures anew (row 9)")
    func rowStartsAnew() {
        #expect(BreakerScript(.consecutive(6)).play("5*F S F").snapshot.consecutiveFailures == 1)
    }

    @Test("opening empties the counts (row 9)")
    func countsEmptied() {
        let script = BreakerScript(.consecutive(6)).play("6*F")
        #expect(script.snapshot.counts.calls == 0)
        #expect(script.snapshot.consecutiveFailures == 0)
        #expect(script.snapshot.trip == .consecutiveFailures(6))
    }

    @Test("a disabled configuration lets everything pass and counts nothing")
    func notEnabled() {
        let script = BreakerScript(.consecutive(1).with { $0.isEnabled = false }).play("10*F =disabled")
        #expect(script.snapshot.totals == CircuitBreakerTotals())
        #expect(script.breaker.httpStatus == 200)
    }
}

extension CircuitBreakerConfiguration {
    func sliding(_ failures: Int, of size: Int) -> CircuitBreakerConfiguration {
        with { $0.slidingFailures = SlidingFailures(failures, of: size) }
    }
}
