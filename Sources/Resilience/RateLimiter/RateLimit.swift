// SPDX-License-Identifier: Apache-2.0

/// How many permits per period, and how many at once.
public struct RateLimit: Sendable, Hashable {
    /// Permits per period, 1 to 1,000,000,000.
    public let count: Int
    /// The period, more than zero.
    public let period: Duration
    /// Permits that can be taken at once after a pause, at least 1; default `count`.
    public let burst: Int

    /// `count` permits per `period`.
    ///
    /// - Parameters:
    ///   - count: permits per period, 1 to 1,000,000,000.
    ///   - period: the period, from a nanosecond to 366 days.
    ///   - burst: permits that can be taken at once after a pause, 1 to 1,000,000,000; nil means `count`.
    public init(_ count: Int, per period: Duration, burst: Int? = nil) {
        let burst = burst ?? count
        precondition((1...1_000_000_000).contains(count), "a rate of \(count) is not in 1 to 1,000,000,000")
        precondition((1...1_000_000_000).contains(burst), "a burst of \(burst) is not in 1 to 1,000,000,000")
        precondition(
            period >= .nanoseconds(1) && period <= .seconds(366 * 86_400),
            "a period of \(period) is not between a nanosecond and 366 days"
        )
        self.count = count
        self.period = period
        self.burst = burst
    }

    /// `count` permits per second.
    ///
    /// - Parameters:
    ///   - count: permits per second, 1 to 1,000,000,000.
    ///   - burst: permits that can be taken at once after a pause; nil means `count`.
    /// - Returns: the limit.
    public static func perSecond(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(1), burst: burst)
    }

    /// `count` permits per minute.
    ///
    /// - Parameters:
    ///   - count: permits per minute, 1 to 1,000,000,000.
    ///   - burst: permits that can be taken at once after a pause; nil means `count`.
    /// - Returns: the limit.
    public static func perMinute(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(60), burst: burst)
    }

    /// `count` permits per hour.
    ///
    /// - Parameters:
    ///   - count: permits per hour, 1 to 1,000,000,000.
    ///   - burst: permits that can be taken at once after a pause; nil means `count`.
    /// - Returns: the limit.
    public static func perHour(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(3_600), burst: burst)
    }
}
