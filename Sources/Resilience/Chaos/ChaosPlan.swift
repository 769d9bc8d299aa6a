// SPDX-License-Identifier: Apache-2.0

/// What is injected, and how often.
public struct ChaosPlan: Sendable, Hashable {
    /// The share of calls that fail instead of being made, 0 to 1.
    public var failureRate: Double
    /// The share of calls that are delayed first, 0 to 1.
    public var latencyRate: Double
    /// How long a delayed call is delayed, uniformly spread; not negative.
    public var latency: ClosedRange<Duration>

    /// Nothing is injected unless a parameter says so.
    ///
    /// - Parameters:
    ///   - failureRate: the share of calls that fail.
    ///   - latencyRate: the share of calls that are delayed.
    ///   - latency: how long they are delayed.
    public init(
        failureRate: Double = 0,
        latencyRate: Double = 0,
        latency: ClosedRange<Duration> = .zero ... .zero
    ) {
        self.failureRate = failureRate
        self.latencyRate = latencyRate
        self.latency = latency
    }

    /// Whether nothing is injected.
    public var isEmpty: Bool { failureRate == 0 && (latencyRate == 0 || latency.upperBound == .zero) }

    /// This plan within `limits`: rates that are not numbers or negative become 0, whatever is too much becomes the limit.
    func clamped(to limits: ChaosLimits) -> ChaosPlan {
        func rate(_ rate: Double, _ limit: Double) -> Double { rate > 0 ? min(rate, limit) : 0 }
        let longest = min(max(latency.upperBound, .zero), limits.maximumLatency)
        let shortest = min(max(latency.lowerBound, .zero), longest)
        return ChaosPlan(
            failureRate: rate(failureRate, limits.maximumFailureRate),
            latencyRate: rate(latencyRate, limits.maximumLatencyRate),
            latency: shortest...longest
        )
    }
}

/// What no plan can exceed, whoever asks for it at run time.
public struct ChaosLimits: Sendable, Hashable {
    /// The largest failure rate, 0 to 1; default 1.
    public var maximumFailureRate: Double
    /// The largest latency rate, 0 to 1; default 1.
    public var maximumLatencyRate: Double
    /// The longest delay; default 10 s.
    public var maximumLatency: Duration
    /// The longest time before a plan ends by itself; default one hour.
    public var maximumDuration: Duration

    /// Makes limits; every parameter has the default that its property documents.
    public init(
        maximumFailureRate: Double = 1,
        maximumLatencyRate: Double = 1,
        maximumLatency: Duration = .seconds(10),
        maximumDuration: Duration = .seconds(3_600)
    ) {
        self.maximumFailureRate = maximumFailureRate
        self.maximumLatencyRate = maximumLatencyRate
        self.maximumLatency = maximumLatency
        self.maximumDuration = maximumDuration
    }
}

/// What chaos is doing and has done.
public struct ChaosStatus: Sendable, Hashable {
    /// The plan in force; empty when there is none.
    public let plan: ChaosPlan
    /// How long it still holds; nil when there is none.
    public let remaining: Duration?
    /// Calls that passed through while a plan was in force.
    public let calls: UInt64
    /// Failures that were injected.
    public let failures: UInt64
    /// Delays that were injected.
    public let delays: UInt64
}
