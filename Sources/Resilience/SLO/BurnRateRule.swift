// SPDX-License-Identifier: Apache-2.0

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
