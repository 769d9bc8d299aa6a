// SPDX-License-Identifier: Apache-2.0

/// How an objective stands.
public struct SLOStatus: Sendable, Hashable {
    /// Calls in the window.
    public let events: Int
    /// Calls in the window that did not do what they should.
    public let failures: Int
    /// The share of calls that succeeded; nil without calls.
    public let successRate: Double?
    /// The share of the error budget that is left, 0 to 1; 1 without calls.
    public let errorBudgetRemaining: Double
    /// Whether the success rate is below its target, with enough calls to say so.
    public let isViolated: Bool
    /// How fast the budget burns, one for each rule.
    public let burnRates: [BurnRate]

    /// Whether the budget burns too fast by any rule.
    public var isBurning: Bool { burnRates.contains { $0.isFiring } }
}

/// How fast the budget burns in the windows of one rule.
public struct BurnRate: Sendable, Hashable {
    /// The rule.
    public let rule: BurnRateRule
    /// The multiple of the sustainable rate in the long window; 0 without calls.
    public let long: Double
    /// The multiple of the sustainable rate in the short window; 0 without calls.
    public let short: Double
    /// Whether both reach the factor, with enough calls in the long window to say so.
    public let isFiring: Bool
}
