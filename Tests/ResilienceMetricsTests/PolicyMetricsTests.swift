// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceMetrics
import ResilienceTestKit
import Testing

@Suite("Metrics of the other policies", .timeLimit(.minutes(1)))
struct PolicyMetricsTests {
    private let clock = ManualClock()
    private let factory = RecordingFactory()

    private var observer: MetricsObserver { MetricsObserver(factory: factory) }

    @Test("a retry counts calls by outcome, retries and their waits")
    func retry() async throws {
        let configuration = RetryConfiguration(maxAttempts: 3, initialBackoff: .zero, jitter: .none)
        let retry = Retry(configuration, name: "stock", time: clock.timeSource, observer: observer)
        _ = try? await retry.run { _ in throw ScriptedFailure("refused") }
        _ = try? await retry.run { _ in throw CancellationError() }
        try await retry.run { _ in }
        #expect(
            factory.text == [
                "retry_calls_total{name=stock,outcome=exhausted} 1",
                "retry_calls_total{name=stock,outcome=not_retryable} 1",
                "retry_calls_total{name=stock,outcome=success} 1",
                "retry_retries_total{name=stock} 2",
                "retry_wait_duration_seconds{name=stock} [0.0 0.0]",
            ]
        )
    }

    @Test(
        "each reason to give up has its label",
        arguments: [
            (RetryStopReason.circuitOpen(.halfOpenFull), "circuit_open"), (.budgetSpent, "budget_spent"),
            (.deadline(wait: .zero), "deadline"), (.cancelled, "cancelled"),
        ]
    )
    func outcomes(reason: RetryStopReason, label: String) {
        observer.retry("stock", didEndAfter: 1, reason)
        #expect(factory.text.first == "retry_calls_total{name=stock,outcome=\(label)} 1")
    }

    @Test("a rate limiter counts what it allowed and what it refused")
    func rateLimiter() {
        let limiter = RateLimiter(
            .perSecond(2, burst: 2),
            name: "api",
            time: clock.timeSource,
            observer: observer
        )
        for _ in 0..<3 { _ = limiter.tryAcquire() }
        observer.rateLimiter("api", didReject: .cancelled)
        #expect(
            factory.text == [
                "rate_limiter_requests_rejected{name=api} 1",
                "rate_limiter_requests_total{name=api} 4",
                "rate_limiter_wait_duration_seconds{name=api} [0.0 0.0]",
            ]
        )
    }

    @Test("a pool counts connections up and down, leases and refusals")
    func connectionPool() {
        let observer = observer
        observer.connectionPoolDidOpen("db")
        observer.connectionPoolDidOpen("db")
        observer.connectionPool("db", didFailToOpen: FailureCause("refused"))
        observer.connectionPool("db", didLeaseAfter: .milliseconds(5))
        observer.connectionPool("db", didLeaseAfter: .zero)
        observer.connectionPoolDidTakeBack("db")
        observer.connectionPoolDidClose("db")
        observer.connectionPool("db", didRefuse: .tooManyWaiting)
        #expect(
            factory.text == [
                "connection_pool_acquire_duration_seconds{name=db} [0.005 0.0]",
                "connection_pool_acquires_failed{name=db} 1",
                "connection_pool_acquires_total{name=db} 3",
                "connection_pool_connections_failed{name=db} 1",
                "connection_pool_leased_connections{name=db} 1",
                "connection_pool_open_connections{name=db} 1",
            ]
        )
    }

    @Test("a fallback counts answers by their source, chaos faults by their kind")
    func fallbackAndChaos() {
        let observer = observer
        for source in [FallbackSource.operation, .call(named: "replica"), .cache(age: .seconds(7)), .value, .value] {
            observer.fallback("stock", didAnswerFrom: source)
        }
        observer.fallbackDidFail("stock")
        observer.chaos("drill", didInject: .failure)
        observer.chaos("drill", didInject: .delay(.seconds(1)))
        #expect(
            factory.text == [
                "chaos_faults_total{name=drill,fault=delay} 1",
                "chaos_faults_total{name=drill,fault=failure} 1",
                "fallback_answers_total{name=stock,source=cache} 1",
                "fallback_answers_total{name=stock,source=call} 1",
                "fallback_answers_total{name=stock,source=none} 1",
                "fallback_answers_total{name=stock,source=operation} 1",
                "fallback_answers_total{name=stock,source=value} 2",
            ]
        )
        observer.forget("stock")
        observer.forget("drill")
        #expect(factory.text == [])
    }

    @Test(
        "durations that no counter of nanoseconds can hold are clamped",
        arguments: [
            (Duration.seconds(-1), "0.0"), (.nanoseconds(1), "1e-09"),
            (.seconds(1_000_000_000_000), "9223372036.854776"),
        ]
    )
    func clamped(duration: Duration, text: String) {
        observer.rateLimiter("api", didAllowAfter: duration)
        #expect(factory.text.last == "rate_limiter_wait_duration_seconds{name=api} [\(text)]")
    }
}
