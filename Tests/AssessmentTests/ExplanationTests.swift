// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("Assessment: explanations and changes")
struct ExplanationTests {
    /// What was said about a target after some runs: status, why, and why its breaker is in its state.
    private func explain(_ says: [Say], policy: BreakerPolicy, wait: Int64 = 0, then: [Say] = []) throws -> [String] {
        var harness = AssessmentHarness([try spec("checkout", breaker: policy)])
        for say in says { harness.run(say) }
        if wait > 0 { harness.advance(by: wait) }
        for say in then { harness.run(say) }
        let health = try harness.health()
        return [health.status.rawValue, health.why, health.breaker.why]
    }

    private static let plain = BreakerPolicy(backoff: .init(jitter: 0))
    private static let observing = BreakerPolicy(backoff: .init(jitter: 0), whileOpen: .observe)
    private static let ruleless = BreakerPolicy(failureThreshold: 0)

    @Test(
        "each status has its sentence",
        arguments: [
            ([], plain, 0, [], ["starting", "no verdict yet", "no failure since the last success; 3 open it"]),
            (
                [.internalFault], plain, 0, [],
                [
                    "starting", "no verdict yet; the last probe said nothing about the target: too many open files",
                    "no failure since the last success; 3 open it",
                ]
            ),
            (
                [.fail], plain, 0, [],
                [
                    "starting", "no passing verdict yet; 1 consecutive failure: connect refused",
                    "1 consecutive failure: connect refused; 3 open it",
                ]
            ),
            (
                [.pass], plain, 0, [],
                ["healthy", "the last verdict passed", "no failure since the last success; 3 open it"]
            ),
            (
                [.pass, .unknown], plain, 0, [],
                [
                    "healthy", "the last verdict passed; the last probe said nothing about the target: exit code 3",
                    "no failure since the last success; 3 open it",
                ]
            ),
            (
                [.pass, .fail, .fail], plain, 0, [],
                [
                    "healthy", "2 consecutive failures: connect refused; healthy until the breaker opens",
                    "2 consecutive failures: connect refused; 3 open it",
                ]
            ),
            (
                [.warn], plain, 0, [],
                [
                    "degraded", "the last verdict passed with a warning: slow: 700ms, limit 500ms",
                    "no failure since the last success; 3 open it",
                ]
            ),
            (
                [.warn, .fail], plain, 0, [],
                [
                    "degraded", "1 consecutive failure: connect refused; degraded until the breaker opens",
                    "1 consecutive failure: connect refused; 3 open it",
                ]
            ),
            (
                [.pass, .fail, .fail, .fail], plain, 0, [],
                [
                    "unhealthy", "3 consecutive failures: connect refused; probed again when the breaker half-opens",
                    "3 consecutive failures: connect refused; half-opens when its wait has passed",
                ]
            ),
            (
                [.fail, .fail, .fail], observing, 0, [.pass],
                [
                    "unhealthy",
                    "3 consecutive failures: connect refused; probed for data only until the breaker half-opens",
                    "3 consecutive failures: connect refused; half-opens when its wait has passed",
                ]
            ),
            (
                [.fail, .fail, .fail], plain, 5_000, [],
                [
                    "unhealthy", "3 consecutive failures: connect refused; half-open and waiting for a success",
                    "the open time has passed; 0 of 2 successes that close it",
                ]
            ),
            (
                [.fail, .fail, .fail], plain, 5_000, [.pass],
                [
                    "degraded", "recovering: 1 of 2 successes that close the breaker",
                    "the open time has passed; 1 of 2 successes that close it",
                ]
            ),
            (
                [.fail, .fail, .fail], plain, 5_000, [.fail],
                [
                    "unhealthy", "a failure while half-open: connect refused; probed again when the breaker half-opens",
                    "a failure while half-open: connect refused; half-opens when its wait has passed",
                ]
            ),
            (
                [.fail], ruleless, 0, [],
                [
                    "unhealthy",
                    "1 consecutive failure: connect refused; the breaker has no rule, so each verdict decides",
                    "1 consecutive failure: connect refused",
                ]
            ),
            (
                [.pass], plain, 40_000, [],
                [
                    "stale", "no verdict since 2026-11-21T03:00:00.000Z, longer than allowed",
                    "no failure since the last success; 3 open it",
                ]
            ),
            (
                [.pass], plain, 40_000, [.internalFault],
                [
                    "stale",
                    "no verdict since 2026-11-21T03:00:00.000Z, longer than allowed; "
                        + "the last probe said nothing about the target: too many open files",
                    "no failure since the last success; 3 open it",
                ]
            ),
            (
                [.pass], plain, 40_000, [.fail],
                [
                    "stale", "the last passing verdict is too old; 1 consecutive failure: connect refused",
                    "1 consecutive failure: connect refused; 3 open it",
                ]
            ),
        ] as [([Say], BreakerPolicy, Int64, [Say], [String])]
    )
    func sentences(says: [Say], policy: BreakerPolicy, wait: Int64, then: [Say], expected: [String]) throws {
        #expect(try explain(says, policy: policy, wait: wait, then: then) == expected)
    }

    @Test("every transition is told once, with its reason, in order")
    func changes() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        for say in [Say.pass, .pass, .fail, .fail, .fail] { harness.run(say) }
        harness.advance(by: 5_000)
        harness.run(.pass)
        harness.run(.pass)
        harness.advance(by: 40_000)
        #expect(
            harness.changes() == [
                "checkout: closed starting -> closed healthy (the last verdict passed)",
                "aggregate: starting -> healthy (no required or degrading target is in the way)",
                "checkout: closed healthy -> open unhealthy (3 consecutive failures: connect refused)",
                "aggregate: healthy -> unhealthy (1 required target is unhealthy: checkout)",
                "checkout: open unhealthy -> half-open unhealthy (the open time has passed)",
                "checkout: half-open unhealthy -> half-open degraded (recovering: 1 of 2 successes that close the breaker)",
                "aggregate: unhealthy -> degraded (1 required target is degraded: checkout)",
                "checkout: half-open degraded -> closed healthy (2 successes while half-open)",
                "aggregate: degraded -> healthy (no required or degrading target is in the way)",
                "checkout: closed healthy -> closed stale (no verdict since 2026-11-21T03:00:05.000Z, longer than allowed)",
                "aggregate: healthy -> unhealthy (1 required target is stale: checkout)",
            ]
        )
    }

    @Test("changes are numbered without gaps, and a reader that does not come loses the oldest")
    func sequence() throws {
        var harness = AssessmentHarness([try spec("checkout", breaker: BreakerPolicy(failureThreshold: 0))])
        for _ in 0..<Assessment.maximumChanges {
            harness.run(.pass)
            harness.run(.fail)
        }
        let kept = harness.assessment.takeChanges().map(\.sequence)
        #expect(kept.count <= Assessment.maximumChanges)
        #expect(kept.last == UInt64(4 * Assessment.maximumChanges))
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $1 == $0 + 1 })
    }

    @Test("counters and transitions are kept since the target was added")
    func counters() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        for say in [Say.pass, .warn, .fail, .unknown, .fail, .fail] { harness.run(say) }
        harness.advance(by: 5_000)
        harness.run(.fail)
        let health = try harness.health()
        #expect(health.breaker.succeeded == 2 && health.breaker.failed == 4)
        #expect(health.breaker.consecutiveFailures == 4)
        #expect(
            health.breaker.transitions == [
                .init(from: .closed, to: .open): 1, .init(from: .open, to: .halfOpen): 1,
                .init(from: .halfOpen, to: .open): 1,
            ]
        )
        #expect(health.counters.reasons == [.status: 1, .refused: 4, .execExit: 1])
    }
}
