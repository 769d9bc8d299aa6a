// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Resilience

extension CircuitBreakerConfiguration {
    /// The breaker that a policy describes.
    ///
    /// One probe of a target runs at a time, so a half-open round admits one call at a time. Every result is a valid
    /// configuration: a half-open round is long enough for the successes that close, and the longest open time is not shorter
    /// than the first.
    init(_ policy: BreakerPolicy) {
        let openDuration = max(.milliseconds(1), policy.openDuration)
        self.init(
            failureThreshold: max(0, policy.failureThreshold),
            failureRateThreshold: policy.failureRate,
            minimumCalls: max(1, policy.minimumCalls),
            window: OutcomeWindowShape(policy.window),
            slowCallDuration: policy.slowCall?.over,
            slowCallRateThreshold: policy.slowCall?.rate,
            successThreshold: max(1, policy.successThreshold),
            halfOpenVerdict: .count,
            halfOpenMaxCalls: max(1, policy.halfOpenMaximumCalls, policy.successThreshold),
            halfOpenMaxConcurrent: 1,
            openDuration: openDuration,
            backoff: OpenBackoff(
                multiplier: max(1, policy.backoff.multiplier),
                maximum: max(openDuration, policy.backoff.maximum),
                jitter: policy.backoff.jitter
            ),
            slidingFailures: policy.slidingFailures.map { SlidingFailures($0.failures, of: $0.outcomes) }
        )
    }
}

extension OutcomeWindowShape {
    fileprivate init(_ window: BreakerPolicy.Window) {
        switch window {
        case .time(let duration): self = .time(duration)
        case .count(let count): self = .count(count)
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
