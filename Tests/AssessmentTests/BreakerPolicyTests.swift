// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Resilience
import Testing

@testable import Assessment

@Suite("CircuitBreakerConfiguration from a BreakerPolicy")
struct BreakerPolicyTests {
    @Test("every key of a policy reaches the breaker")
    func mapping() {
        let policy = BreakerPolicy(
            failureThreshold: 4,
            failureRate: 0.4,
            minimumCalls: 7,
            window: .count(20),
            slidingFailures: .init(failures: 3, outcomes: 5),
            slowCall: .init(over: .seconds(1), rate: 0.8),
            successThreshold: 3,
            halfOpenMaximumCalls: 6,
            openDuration: .seconds(9),
            backoff: .init(multiplier: 3, maximum: .seconds(90), jitter: 0.2)
        )
        let configuration = CircuitBreakerConfiguration(policy)
        #expect(configuration.isEnabled)
        #expect(configuration.failureThreshold == 4)
        #expect(configuration.failureRateThreshold == 0.4)
        #expect(configuration.minimumCalls == 7)
        #expect(configuration.window == .count(20))
        #expect(configuration.slidingFailures == SlidingFailures(3, of: 5))
        #expect(configuration.slowCallDuration == .seconds(1))
        #expect(configuration.slowCallRateThreshold == 0.8)
        #expect(configuration.successThreshold == 3)
        #expect(configuration.halfOpenMaxCalls == 6)
        #expect(configuration.halfOpenMaxConcurrent == 1)
        #expect(configuration.openDuration == .seconds(9))
        #expect(configuration.backoff == OpenBackoff(multiplier: 3, maximum: .seconds(90), jitter: 0.2))
    }

    @Test("rules that are off in the policy are off in the breaker")
    func rulesOff() {
        let configuration = CircuitBreakerConfiguration(BreakerPolicy(failureThreshold: 0))
        #expect(configuration.failureThreshold == 0)
        #expect(configuration.failureRateThreshold == nil)
        #expect(configuration.slowCallRateThreshold == nil)
        #expect(configuration.slidingFailures == nil)
    }

    @Test("a window is kept where a rate looks at it")
    func window() {
        var policy = BreakerPolicy(window: .time(.seconds(30)))
        #expect(CircuitBreakerConfiguration(policy).window == .count(1))
        policy.failureRate = 0.5
        #expect(CircuitBreakerConfiguration(policy).window == .time(.seconds(30)))
        policy.failureRate = nil
        policy.slowCall = .init(over: .seconds(1), rate: 0.5)
        #expect(CircuitBreakerConfiguration(policy).window == .time(.seconds(30)))
    }

    @Test(
        "no policy makes an invalid breaker",
        arguments: [-1, 0, 1, .max] as [Int],
        [-1.0, 0, 0.5, 2, .infinity, .nan]
    )
    func alwaysValid(count: Int, fraction: Double) {
        let duration = Duration.seconds(count)
        let policy = BreakerPolicy(
            failureThreshold: count,
            failureRate: fraction,
            minimumCalls: count,
            window: fraction < 1 ? .count(count) : .time(duration),
            slidingFailures: .init(failures: count, outcomes: 5),
            slowCall: .init(over: duration, rate: fraction),
            successThreshold: count,
            halfOpenMaximumCalls: 1,
            openDuration: duration,
            backoff: .init(multiplier: fraction, maximum: .seconds(30), jitter: fraction)
        )
        #expect(CircuitBreakerConfiguration(policy).problems.isEmpty)
    }
}
