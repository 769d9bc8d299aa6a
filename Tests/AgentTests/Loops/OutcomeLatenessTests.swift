// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("Outcome: a loop that was late")
struct OutcomeLatenessTests {
    private static func outcome(_ reason: FailureReason?, after duration: Duration) -> Outcome {
        Outcome(
            verdict: reason == nil ? .healthy : .unhealthy,
            layer: reason == nil ? .l4OK : .l4Connection,
            failure: reason.map { Failure($0, "it failed") },
            startedAt: MonotonicInstant(nanoseconds: 0),
            duration: duration
        )
    }

    @Test(
        "a timeout counts against the target while the run had most of its time",
        arguments: [(1_000, 0), (1_250, 0), (1_000, 250), (1_000, 100)]
    )
    func tolerated(milliseconds: Int, delay: Int) {
        let outcome = Self.outcome(.connectTimeout, after: .milliseconds(milliseconds))
        #expect(outcome.judged(timeout: .seconds(1), begunAfter: .milliseconds(delay)) == outcome)
    }

    @Test(
        "a timeout proves nothing when the loop was late at its end, or at its beginning",
        arguments: [
            (1_251, 0, 1_000, "251ms"), (700, 300, 1_000, "300ms"), (60, 40, 100, "40ms"), (2_000, 300, 1_000, "1s"),
        ]
    )
    func late(milliseconds: Int, delay: Int, timeout: Int, text: String) {
        let outcome = Self.outcome(.connectTimeout, after: .milliseconds(milliseconds))
        let judged = outcome.judged(timeout: .milliseconds(timeout), begunAfter: .milliseconds(delay))
        #expect(judged.verdict == .unknown)
        #expect(judged.failure?.reason == .internal)
        #expect(judged.failure?.evidence.problem == .lateness)
        #expect(judged.failure?.summary == "the probe loop was late by \(text), so the timeout proves nothing")
    }

    @Test("what is no timeout stays as it is, however late the loop was", arguments: [nil, FailureReason.refused])
    func others(reason: FailureReason?) {
        let outcome = Self.outcome(reason, after: .seconds(3))
        #expect(outcome.judged(timeout: .seconds(1), begunAfter: .seconds(2)) == outcome)
    }
}
