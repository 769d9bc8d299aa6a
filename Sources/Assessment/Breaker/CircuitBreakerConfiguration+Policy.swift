// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Resilience

extension CircuitBreakerConfiguration {
    /// The breaker that a policy describes.
    ///
    /// One probe of a target runs at a time, so a half-open round admits one call at a time. Every result is a valid
    /// configuration, whatever the policy: a half-open round is long enough for the successes that close, the longest open
    /// time is not shorter than the first, and a value out of range becomes the nearest legal one, because a running agent
    /// must not stop over a policy that the configuration check let through.
    init(_ policy: BreakerPolicy) {
        let openDuration = max(.milliseconds(1), policy.openDuration)
        let successThreshold = Self.size(policy.successThreshold)
        self.init(
            failureThreshold: max(0, policy.failureThreshold),
            failureRateThreshold: policy.failureRate.map(Self.rate),
            minimumCalls: max(1, policy.minimumCalls),
            // Where no rate looks back, nothing but the last outcome is kept.
            window: policy.failureRate == nil && policy.slowCall == nil ? .count(1) : OutcomeWindowShape(policy.window),
            slowCallDuration: policy.slowCall.map { max(.milliseconds(1), $0.over) },
            slowCallRateThreshold: policy.slowCall.map { Self.rate($0.rate) },
            successThreshold: successThreshold,
            halfOpenVerdict: .count,
            halfOpenMaxCalls: max(successThreshold, Self.size(policy.halfOpenMaximumCalls)),
            halfOpenMaxConcurrent: 1,
            openDuration: openDuration,
            backoff: OpenBackoff(
                multiplier: policy.backoff.multiplier.isFinite ? max(1, policy.backoff.multiplier) : 1,
                maximum: max(openDuration, policy.backoff.maximum),
                jitter: policy.backoff.jitter.isFinite ? min(0.5, max(0, policy.backoff.jitter)) : 0
            ),
            slidingFailures: policy.slidingFailures.map { rule in
                let size = Self.size(rule.outcomes)
                return SlidingFailures(min(size, max(1, rule.failures)), of: size)
            }
        )
    }

    /// A number of calls that a window or a round can have.
    fileprivate static func size(_ calls: Int) -> Int {
        min(maximumWindowSize, max(1, calls))
    }

    private static func rate(_ rate: Double) -> Double {
        rate.isFinite ? min(1, max(0.001, rate)) : 1
    }
}

extension OutcomeWindowShape {
    fileprivate init(_ window: BreakerPolicy.Window) {
        switch window {
        case .time(let duration): self = .time(max(.milliseconds(1), duration))
        case .count(let count): self = .count(CircuitBreakerConfiguration.size(count))
        }
    }
}

extension BreakerPolicy {
    /// Whether any rule can open the breaker.
    var canOpen: Bool {
        failureThreshold > 0 || failureRate != nil || slidingFailures != nil || slowCall != nil
    }
}

extension BreakerHealth.State {
    /// The state as it is shown: an operator's forced open is open, disabled and metrics-only let every probe count.
    init(_ state: CircuitBreakerState) {
        switch state {
        case .closed, .disabled, .metricsOnly: self = .closed
        case .open, .forcedOpen: self = .open
        case .halfOpen: self = .halfOpen
        }
    }
}
