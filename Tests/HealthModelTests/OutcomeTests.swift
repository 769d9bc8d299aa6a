// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("Outcome")
struct OutcomeTests {
    @Test("what was seen is the same whether it was said at once or one by one")
    func observed() {
        var observed = Observed(exitCode: 3, output: "OK")
        #expect(observed.exitCode == 3)
        #expect(observed.output == "OK")
        #expect(observed.performanceData.isEmpty)
        observed.attempts = 2
        #expect(observed == Observed(exitCode: 3, output: "OK", attempts: 2))
        #expect(observed != Observed(exitCode: 3, output: "OK", attempts: 3))
    }

    @Test("what is taken back is as if it had never been seen")
    func takenBack() {
        var observed = Observed(signal: 9)
        observed.signal = nil
        #expect(observed == Observed())
        #expect(observed.hashValue == Observed().hashValue)
    }

    @Test("a change of one copy leaves the other as it was")
    func copies() {
        let failure = Failure(.refused, "connect refused")
        let one = Outcome(
            verdict: .unhealthy,
            layer: .l4Connection,
            failure: failure,
            startedAt: MonotonicInstant(nanoseconds: 0),
            duration: .milliseconds(1)
        )
        var other = one
        #expect(other == one)
        other.failure?.message = "reset"
        #expect(one.failure == failure)
        #expect(other.failure?.message == "reset")
        #expect(other != one)
    }

    @Test("the length of a phase is exact to the nanosecond, and held at the end of the range")
    func phases() {
        let phases = PhaseTimings(dns: .zero, connect: .nanoseconds(1_234_567), tls: .seconds(Int64.max))
        #expect(phases.dns == .zero)
        #expect(phases[.connect] == .nanoseconds(1_234_567))
        #expect(phases.tls == .nanoseconds(Int64.max))
        #expect(phases.firstByte == nil)
    }
}
