// SPDX-License-Identifier: Apache-2.0

extension CircuitBreakerConfiguration {
    /// The largest window, sliding window or half-open round, in calls.
    public static let maximumWindowSize = 1_000_000

    /// The most buckets a time window can be divided into.
    public static let maximumBuckets = 1_000

    /// Everything that is wrong with this configuration; empty when it can be used.
    public var problems: [ConfigurationProblem] {
        check.problems
    }

    /// Throws all problems at once unless the configuration can be used.
    public func validate() throws(InvalidConfiguration) {
        try check.finish()
    }

    private var check: ConfigurationCheck {
        var check = ConfigurationCheck()
        checkTripRules(&check)
        checkHalfOpen(&check)
        checkOpen(&check)
        return check
    }

    private func checkTripRules(_ check: inout ConfigurationCheck) {
        check.require(failureThreshold >= 0, "failureThreshold", "\(failureThreshold) is negative (0 switches it off)")
        check.requireRate(failureRateThreshold, "failureRateThreshold")
        check.require(minimumCalls >= 1, "minimumCalls", "\(minimumCalls) is less than 1")
        switch window {
        case .time(let duration, let buckets):
            check.require(duration > .zero, "window", "\(duration) is not longer than zero")
            check.require(
                (1...Self.maximumBuckets).contains(buckets),
                "window",
                "\(buckets) buckets is not in 1 ... \(Self.maximumBuckets)"
            )
        case .count(let size):
            check.requireSize(size, "window")
        }
        if let slowCallDuration {
            check.require(slowCallDuration > .zero, "slowCallDuration", "\(slowCallDuration) is not longer than zero")
        }
        check.requireRate(slowCallRateThreshold, "slowCallRateThreshold")
        check.require(
            slowCallRateThreshold == nil || slowCallDuration != nil,
            "slowCallRateThreshold",
            "it needs a slowCallDuration"
        )
        if let slidingFailures {
            check.requireSize(slidingFailures.of, "slidingFailures")
            check.require(
                slidingFailures.failures >= 1 && slidingFailures.failures <= slidingFailures.of,
                "slidingFailures",
                "\(slidingFailures.failures) failures is not in 1 ... \(slidingFailures.of)"
            )
        }
    }

    private func checkHalfOpen(_ check: inout ConfigurationCheck) {
        check.require(successThreshold >= 1, "successThreshold", "\(successThreshold) is less than 1")
        check.requireSize(halfOpenMaxCalls, "halfOpenMaxCalls")
        switch halfOpenVerdict {
        case .count:
            check.require(
                successThreshold <= halfOpenMaxCalls,
                "successThreshold",
                "\(successThreshold) is more than the \(halfOpenMaxCalls) calls of halfOpenMaxCalls, so the breaker could never close"
            )
        case .rate:
            check.require(
                failureRateThreshold != nil || slowCallRateThreshold != nil,
                "halfOpenVerdict",
                "a verdict by rate needs a failureRateThreshold or a slowCallRateThreshold"
            )
        }
        if let halfOpenMaxConcurrent {
            check.require(
                halfOpenMaxConcurrent >= 1,
                "halfOpenMaxConcurrent",
                "\(halfOpenMaxConcurrent) is less than 1"
            )
        }
        if let halfOpenMaxWait {
            check.require(halfOpenMaxWait > .zero, "halfOpenMaxWait", "\(halfOpenMaxWait) is not longer than zero")
        }
    }

    private func checkOpen(_ check: inout ConfigurationCheck) {
        check.require(openDuration > .zero, "openDuration", "\(openDuration) is not longer than zero")
        guard let backoff else { return }
        check.require(
            backoff.multiplier.isFinite && backoff.multiplier >= 1,
            "backoff.multiplier",
            "\(backoff.multiplier) is not a number of at least 1"
        )
        check.require(
            backoff.maximum >= openDuration,
            "backoff.maximum",
            "\(backoff.maximum) is shorter than the openDuration of \(openDuration)"
        )
        check.require(
            backoff.jitter >= 0 && backoff.jitter < 1,
            "backoff.jitter",
            "\(backoff.jitter) is not in 0 ..< 1"
        )
    }
}

extension ConfigurationCheck {
    /// Notes a problem unless `rate` is nil or in (0, 1].
    package mutating func requireRate(_ rate: Double?, _ setting: String) {
        guard let rate else { return }
        require(rate > 0 && rate <= 1, setting, "\(rate) is not in (0, 1]")
    }

    fileprivate mutating func requireSize(_ size: Int, _ setting: String) {
        let maximum = CircuitBreakerConfiguration.maximumWindowSize
        require((1...maximum).contains(size), setting, "\(size) calls is not in 1 ... \(maximum)")
    }
}
