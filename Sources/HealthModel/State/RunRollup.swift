// SPDX-License-Identifier: Apache-2.0

/// What the runs of one target within a minute or an hour added up to: about 150 bytes, whatever the number of runs.
package struct RunRollup: Hashable, Sendable {
    /// All runs.
    package var runs: UInt32 = 0
    /// Runs that passed with a warning.
    package var degraded: UInt32 = 0
    /// Runs that failed.
    package var unhealthy: UInt32 = 0
    /// Runs that taught nothing.
    package var unknown: UInt32 = 0
    /// Runs that did not pass clean, by reason, in the order in which the reasons first came.
    package var reasons: [ReasonCount] = []
    /// The shortest, the longest, and the sum of all runs, in microseconds.
    package var shortestMicroseconds: UInt64 = 0
    package var longestMicroseconds: UInt64 = 0
    package var totalMicroseconds: UInt64 = 0
    /// Runs by duration, in the buckets of ``Histogram/bounds``; the last of the 16 is not used.
    package var buckets = SIMD16<UInt32>.zero

    /// How often a reason came.
    package struct ReasonCount: Hashable, Sendable {
        package var reason: FailureReason
        package var count: UInt32

        package init(reason: FailureReason, count: UInt32) {
            self.reason = reason
            self.count = count
        }
    }

    package init() {}

    /// The average, in microseconds; zero without runs.
    package var averageMicroseconds: UInt64 { runs == 0 ? 0 : totalMicroseconds / UInt64(runs) }

    /// Adds one run.
    package mutating func add(_ outcome: Outcome) {
        let microseconds = UInt64(max(0, outcome.duration.inNanoseconds) / 1_000)
        shortestMicroseconds = runs == 0 ? microseconds : min(shortestMicroseconds, microseconds)
        longestMicroseconds = max(longestMicroseconds, microseconds)
        totalMicroseconds = totalMicroseconds.saturatingSum(microseconds)
        runs = runs.saturatingSum(1)
        switch outcome.verdict {
        case .healthy: break
        case .degraded: degraded = degraded.saturatingSum(1)
        case .unhealthy: unhealthy = unhealthy.saturatingSum(1)
        case .unknown: unknown = unknown.saturatingSum(1)
        }
        if let reason = outcome.reason { count(reason, 1) }
        let bucket = Histogram.bucket(of: outcome.duration)
        buckets[bucket] = buckets[bucket].saturatingSum(1)
    }

    /// Adds what another span of time added up to; counts stay at the end of their range.
    package mutating func merge(_ other: RunRollup) {
        guard other.runs > 0 else { return }
        shortestMicroseconds =
            runs == 0 ? other.shortestMicroseconds : min(shortestMicroseconds, other.shortestMicroseconds)
        longestMicroseconds = max(longestMicroseconds, other.longestMicroseconds)
        totalMicroseconds = totalMicroseconds.saturatingSum(other.totalMicroseconds)
        runs = runs.saturatingSum(other.runs)
        degraded = degraded.saturatingSum(other.degraded)
        unhealthy = unhealthy.saturatingSum(other.unhealthy)
        unknown = unknown.saturatingSum(other.unknown)
        for other in other.reasons { count(other.reason, other.count) }
        for index in buckets.indices { buckets[index] = buckets[index].saturatingSum(other.buckets[index]) }
    }

    private mutating func count(_ reason: FailureReason, _ count: UInt32) {
        if let index = reasons.firstIndex(where: { $0.reason == reason }) {
            reasons[index].count = reasons[index].count.saturatingSum(count)
        } else {
            reasons.append(ReasonCount(reason: reason, count: count))
        }
    }
}

extension UnsignedInteger where Self: FixedWidthInteger {
    /// The sum, held at the end of the range.
    fileprivate func saturatingSum(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
