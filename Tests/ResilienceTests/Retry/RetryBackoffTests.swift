// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

@Suite("Retry backoff")
struct RetryBackoffTests {
    private func waits(_ configuration: RetryConfiguration, units: [Double], attempts: [Int]? = nil) -> [Duration] {
        var backoff = RetryBackoff(configuration)
        return units.enumerated().map { index, unit in
            backoff.wait(after: attempts?[index] ?? index + 1, unit: unit)
        }
    }

    @Test("proportional jitter spreads a constant wait both ways (row R1, T9)")
    func proportional() {
        let configuration = RetryConfiguration(initialBackoff: .seconds(1), multiplier: 1, jitter: .proportional(0.25))
        #expect(
            waits(configuration, units: [0, 0.4, 0.6, 1])
                == [.milliseconds(750), .milliseconds(950), .milliseconds(1_050), .milliseconds(1_250)]
        )
    }

    @Test("waits grow (row R2)", arguments: [(BackoffGrowth.linear, [1, 2, 3]), (.exponential, [1, 2, 4])])
    func growth(growth: BackoffGrowth, seconds: [Int]) {
        let configuration = RetryConfiguration(initialBackoff: .seconds(1), growth: growth, jitter: .none)
        #expect(waits(configuration, units: [0, 0, 0]) == seconds.map { .seconds($0) })
    }

    @Test(
        "a wait never exceeds the maximum after jitter and never goes negative (row R2, T9)",
        arguments: [1, 2, 10, 64, 1_025, 1_000_000_000]
    )
    func saturates(attempt: Int) {
        for jitter in [BackoffJitter.none, .proportional(1), .full, .equal, .decorrelated] {
            for growth in BackoffGrowth.allCases {
                let configuration = RetryConfiguration(growth: growth, multiplier: 1e10, jitter: jitter)
                for wait in waits(configuration, units: [0, 0.5, 1], attempts: [attempt, attempt, attempt]) {
                    #expect(wait >= .zero && wait <= .seconds(30), "\(jitter) \(growth)")
                }
            }
        }
    }

    @Test("full jitter spreads from zero, equal jitter from the half")
    func fullAndEqual() {
        let full = RetryConfiguration(initialBackoff: .seconds(4), multiplier: 1, jitter: .full)
        #expect(waits(full, units: [0, 0.5, 1]) == [.zero, .seconds(2), .seconds(4)])
        let equal = RetryConfiguration(initialBackoff: .seconds(4), multiplier: 1, jitter: .equal)
        #expect(waits(equal, units: [0, 0.5, 1]) == [.seconds(2), .seconds(3), .seconds(4)])
    }

    @Test("decorrelated jitter goes from the initial wait to three times the previous one")
    func decorrelated() {
        let configuration = RetryConfiguration(initialBackoff: .seconds(1), jitter: .decorrelated)
        #expect(
            waits(configuration, units: [1, 1, 0, 0.5, 1, 1, 1, 1]) == [3, 9, 1, 2, 6, 18, 30, 30].map { .seconds($0) }
        )
    }

    @Test("a wait of zero stays zero")
    func zero() {
        let configuration = RetryConfiguration(initialBackoff: .zero, multiplier: 1e300)
        #expect(waits(configuration, units: [0.5], attempts: [1_000_000]) == [.zero])
    }
}

@Suite("Retry decisions")
struct RetryDecisionTests {
    @Test(
        "HTTP",
        arguments: [
            (503, false, true), (429, false, true), (500, false, false), (500, true, true), (502, true, true),
            (504, true, true), (408, true, true), (404, true, false), (400, true, false), (501, true, false),
            (200, true, false),
        ]
    )
    func http(status: Int, isIdempotent: Bool, retries: Bool) {
        #expect(RetryDecision.http(status: status, isIdempotent: isIdempotent) == (retries ? .retry : .stop))
    }

    @Test("HTTP honours Retry-After only where it retries")
    func httpRetryAfter() {
        #expect(
            RetryDecision.http(status: 503, isIdempotent: false, retryAfter: .seconds(3)) == .retryAfter(.seconds(3))
        )
        #expect(RetryDecision.http(status: 404, isIdempotent: true, retryAfter: .seconds(3)) == .stop)
    }

    @Test("gRPC", arguments: 0...16)
    func grpc(code: Int) {
        #expect(RetryDecision.grpc(code: code) == ([8, 10, 14].contains(code) ? .retry : .stop))
        #expect(RetryDecision.grpc(code: 14, pushbackMilliseconds: -1) == .stop)
        #expect(RetryDecision.grpc(code: 14, pushbackMilliseconds: 250) == .retryAfter(.milliseconds(250)))
    }

    @Test(
        "PostgreSQL",
        arguments: [
            ("40001", false, true), ("40P01", false, true), ("53300", false, true), ("57P03", false, true),
            ("55P03", false, true), ("08006", false, false), ("08006", true, true), ("23505", true, false),
            ("42601", true, false), ("5330", true, false), ("", true, false),
        ]
    )
    func postgres(state: String, isIdempotent: Bool, retries: Bool) {
        #expect(RetryDecision.postgres(sqlState: state, isIdempotent: isIdempotent) == (retries ? .retry : .stop))
    }

    @Test(
        "Redis",
        arguments: [
            ("LOADING Redis is loading the dataset in memory", true), ("-TRYAGAIN Multiple keys", true),
            ("CLUSTERDOWN The cluster is down", true), ("READONLY You can't write", true), ("BUSY", true),
            ("ERR unknown command", false), ("MOVED 3999 127.0.0.1:6381", false), ("BUSYGROUP name exists", false),
            ("", false),
        ]
    )
    func redis(error: String, retries: Bool) {
        #expect(RetryDecision.redis(error: error) == (retries ? .retry : .stop))
    }
}

@Suite("Retry-After")
struct RetryAfterTests {
    private let clock = WallClock { .seconds(784_111_777 - 60) }

    @Test(
        "seconds and dates are read",
        arguments: [
            ("0", Duration.zero), ("120", .seconds(120)), ("9999999999", .seconds(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(60)), ("Sun, 06 Nov 1994 08:00:00 GMT", .zero),
            ("Thu, 29 Feb 2096 00:00:00 GMT", .seconds(86_400)),
        ]
    )
    func valid(field: String, wait: Duration) {
        #expect(RetryAfter.wait(field, wallClock: clock) == wait)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "-1", "1.5", "12345678901", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        ]
    )
    func invalid(field: String) {
        #expect(RetryAfter.wait(field, wallClock: clock) == nil)
    }

    @Test("a date needs a clock to compare it with")
    func withoutClock() {
        #expect(RetryAfter.wait("Sun, 06 Nov 1994 08:49:37 GMT") == nil)
    }
}

@Suite("Standard retry decision")
struct StandardRetryDecisionTests {
    @Test("an open circuit is not retried, even where the breaker is inside the operation")
    func openCircuit() {
        let error = CircuitBreakerError<Never>.open(retryAfter: nil, rejection: .halfOpenFull)
        #expect(RetryDecision.standard(error) == .stop)
    }

    @Test("cancellations and permanent failures are not retried, a rate limit is waited for, the rest is retried")
    func others() {
        #expect(RetryDecision.standard(CancellationError()) == .stop)
        #expect(RetryDecision.standard(ResilienceError.permanent) == .stop)
        #expect(
            RetryDecision.standard(RateLimitRejection.exceeded(retryAfter: .seconds(3))) == .retryAfter(.seconds(3))
        )
        #expect(RetryDecision.standard(ScriptedFailure("refused")) == .retry)
    }
}
