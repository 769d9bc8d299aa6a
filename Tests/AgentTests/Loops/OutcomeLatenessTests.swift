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
        "a timeout counts against the target while the loop saw it soon enough",
        arguments: [1_000, 1_250]
    )
    func tolerated(milliseconds: Int) {
        let outcome = Self.outcome(.connectTimeout, after: .milliseconds(milliseconds))
        #expect(outcome.judged(timeout: .seconds(1)) == outcome)
    }

    @Test(
        "a timeout proves nothing when the loop was late at its end",
        arguments: [(1_251, 1_000, "251ms"), (360, 100, "260ms"), (2_000, 1_000, "1s")]
    )
    func late(milliseconds: Int, timeout: Int, text: String) {
        let outcome = Self.outcome(.connectTimeout, after: .milliseconds(milliseconds))
        let judged = outcome.judged(timeout: .milliseconds(timeout))
        #expect(judged.verdict == .unknown)
        #expect(judged.failure?.reason == .internal)
        #expect(judged.failure?.evidence.problem == .lateness)
        #expect(judged.failure?.summary == "the probe loop was late by \(text), so the timeout proves nothing")
    }

    @Test("what is no timeout stays as it is, however late the loop was", arguments: [nil, FailureReason.refused])
    func others(reason: FailureReason?) {
        let outcome = Self.outcome(reason, after: .seconds(3))
        #expect(outcome.judged(timeout: .seconds(1)) == outcome)
    }
}
