// SPDX-License-Identifier: Apache-2.0

/// What share of the calls has to succeed, over which time.
///
/// The error budget follows from the target: `1 - targetSuccessRate` of the calls may fail.
public struct SLOConfiguration: Sendable, Hashable {
    /// The share of calls that has to succeed, in 0 to 1 exclusive; default 0.99.
    public var targetSuccessRate: Double
    /// The time that is looked back on; more than zero; default 300 s.
    public var window: Duration
    /// The calls a window must hold before it can be violated or burn, at least 1; default 10.
    public var minimumEvents: Int
    /// When the budget burns too fast; default ``BurnRateRule/standard(window:)`` for the window.
    public var burnRateRules: [BurnRateRule]

    /// Makes a configuration; every parameter has the default that its property documents.
    public init(
        targetSuccessRate: Double = 0.99,
        window: Duration = .seconds(300),
        minimumEvents: Int = 10,
        burnRateRules: [BurnRateRule]? = nil
    ) {
        self.targetSuccessRate = targetSuccessRate
        self.window = window
        self.minimumEvents = minimumEvents
        self.burnRateRules = burnRateRules ?? BurnRateRule.standard(window: window)
    }

    /// Everything that is wrong with this configuration; empty when it can be used.
    public var problems: [ConfigurationProblem] {
        var check = ConfigurationCheck()
        check.require(
            targetSuccessRate > 0 && targetSuccessRate < 1,
            "targetSuccessRate",
            "\(targetSuccessRate) is not between 0 and 1"
        )
        check.require(window > .zero, "window", "\(window) is not longer than zero")
        check.require(minimumEvents >= 1, "minimumEvents", "\(minimumEvents) is less than 1")
        check.require(burnRateRules.count <= 16, "burnRateRules", "\(burnRateRules.count) rules are more than 16")
        for rule in burnRateRules {
            check.require(
                rule.factor > 0 && rule.factor.isFinite && rule.short > .zero && rule.short <= rule.long
                    && rule.long <= window,
                "burnRateRules",
                "\(rule.factor) over \(rule.long) and \(rule.short) does not fit the window of \(window)"
            )
        }
        return check.problems
    }

    /// Throws all problems at once unless the configuration can be used.
    public func validate() throws(InvalidConfiguration) {
        guard problems.isEmpty else { throw InvalidConfiguration(problems: problems) }
    }
}
