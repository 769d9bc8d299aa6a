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

/// The budget burns too fast when it would be spent `factor` times over, in a long window and in a short one.
///
/// The long window says that it matters, the short one that it is still going on ("The Site Reliability Workbook", chapter 5).
public struct BurnRateRule: Sendable, Hashable {
    /// How many times the sustainable rate.
    public let factor: Double
    /// The window in which it matters.
    public let long: Duration
    /// The window in which it is still going on.
    public let short: Duration

    /// A rule.
    ///
    /// - Parameters:
    ///   - factor: how many times the sustainable rate, more than zero.
    ///   - long: the window in which it matters, at most the window of the SLO.
    ///   - short: the window in which it is still going on, at most `long`.
    public init(_ factor: Double, long: Duration, short: Duration) {
        self.factor = factor
        self.long = long
        self.short = short
    }

    /// The workbook's three rules, scaled from three days to `window`.
    ///
    /// 14.4 over an hour and 5 minutes, 6 over 6 hours and 30 minutes, 1 over 3 days and 6 hours.
    ///
    /// - Parameter window: the window of the SLO.
    /// - Returns: the rules, fastest first.
    public static func standard(window: Duration) -> [BurnRateRule] {
        [
            BurnRateRule(14.4, long: window / 72, short: window / 864),
            BurnRateRule(6, long: window / 12, short: window / 144),
            BurnRateRule(1, long: window, short: window / 12),
        ]
    }
}
