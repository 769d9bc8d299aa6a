// SPDX-License-Identifier: Apache-2.0

import Resilience
import Testing

@Suite("Circuit breaker configuration")
struct CircuitBreakerConfigurationTests {
    @Test("the defaults are those of the contract and valid")
    func defaults() {
        let configuration = CircuitBreakerConfiguration()
        #expect(configuration.problems.isEmpty)
        #expect(configuration.isEnabled)
        #expect(configuration.failureThreshold == 5)
        #expect(configuration.failureRateThreshold == 0.5)
        #expect(configuration.minimumCalls == 10)
        #expect(configuration.window == .time(.seconds(10)))
        #expect(configuration.slowCallDuration == nil)
        #expect(configuration.slowCallRateThreshold == nil)
        #expect(configuration.successThreshold == 2)
        #expect(configuration.halfOpenVerdict == .count)
        #expect(configuration.halfOpenMaxCalls == 3)
        #expect(configuration.openDuration == .seconds(60))
        #expect(configuration.slidingFailures == nil)
    }

    @Test(
        "a setting out of its range is named with its value (row 60)",
        arguments: [
            (CircuitBreakerConfiguration(failureThreshold: -1), "failureThreshold: -1 is negative (0 switches it off)"),
            (.init(failureRateThreshold: 0), "failureRateThreshold: 0.0 is not in (0, 1]"),
            (.init(failureRateThreshold: 1.01), "failureRateThreshold: 1.01 is not in (0, 1]"),
            (.init(failureRateThreshold: .nan), "failureRateThreshold: nan is not in (0, 1]"),
            (.init(minimumCalls: 0), "minimumCalls: 0 is less than 1"),
            (.init(window: .time(.zero)), "window: 0.0 seconds is not longer than zero"),
            (.init(window: .time(.seconds(1), buckets: 0)), "window: 0 buckets is not in 1 ... 1000"),
            (.init(window: .count(0)), "window: 0 calls is not in 1 ... 1000000"),
            (.init(slowCallDuration: .zero), "slowCallDuration: 0.0 seconds is not longer than zero"),
            (.init(slowCallRateThreshold: 0.5), "slowCallRateThreshold: it needs a slowCallDuration"),
            (.init(successThreshold: 0), "successThreshold: 0 is less than 1"),
            (
                .init(successThreshold: 4, halfOpenMaxCalls: 3),
                "successThreshold: 4 is more than the 3 calls of halfOpenMaxCalls, so the breaker could never close"
            ),
            (
                .init(failureRateThreshold: nil, halfOpenVerdict: .rate),
                "halfOpenVerdict: a verdict by rate needs a failureRateThreshold or a slowCallRateThreshold"
            ),
            (.init(halfOpenMaxConcurrent: 0), "halfOpenMaxConcurrent: 0 is less than 1"),
            (.init(halfOpenMaxWait: .zero), "halfOpenMaxWait: 0.0 seconds is not longer than zero"),
            (.init(openDuration: .zero), "openDuration: 0.0 seconds is not longer than zero"),
            (.init(backoff: .init(multiplier: .nan)), "backoff.multiplier: nan is not a number of at least 1"),
            (.init(backoff: .init(jitter: 1)), "backoff.jitter: 1.0 is not in 0 ..< 1"),
            (
                .init(backoff: .init(maximum: .seconds(1))),
                "backoff.maximum: 1.0 seconds is shorter than the openDuration of 60.0 seconds"
            ),
            (.init(slidingFailures: .init(0, of: 3)), "slidingFailures: 0 failures is not in 1 ... 3"),
            (.init(slidingFailures: .init(4, of: 3)), "slidingFailures: 4 failures is not in 1 ... 3"),
        ]
    )
    func invalid(configuration: CircuitBreakerConfiguration, message: String) throws {
        let error = #expect(throws: InvalidConfiguration.self) { try configuration.validate() }
        #expect(error?.description == message)
    }

    @Test("every problem is listed")
    func allProblems() {
        let configuration = CircuitBreakerConfiguration(failureThreshold: -1, halfOpenMaxCalls: 0, openDuration: .zero)
        #expect(
            configuration.problems.map(\.setting)
                == ["failureThreshold", "halfOpenMaxCalls", "successThreshold", "openDuration"]
        )
    }

    @Test("a breaker made with an invalid configuration stops the program, naming the setting")
    func precondition() async {
        await #expect(processExitsWith: .failure) {
            _ = CircuitBreaker(name: "db", configuration: .init(minimumCalls: 0))
        }
    }
}
