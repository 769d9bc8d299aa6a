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
        var one = RunRollup()
        one.runs = 1
        switch outcome.verdict {
        case .healthy: break
        case .degraded: one.degraded = 1
        case .unhealthy: one.unhealthy = 1
        case .unknown: one.unknown = 1
        }
        if let reason = outcome.failure?.reason { one.reasons = [ReasonCount(reason: reason, count: 1)] }
        let microseconds = UInt64(max(0, outcome.duration.inNanoseconds) / 1_000)
        one.shortestMicroseconds = microseconds
        one.longestMicroseconds = microseconds
        one.totalMicroseconds = microseconds
        one.buckets[Histogram.bucket(of: outcome.duration)] = 1
        merge(one)
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
        for (reason, count) in other.reasons.map({ ($0.reason, $0.count) }) {
            if let index = reasons.firstIndex(where: { $0.reason == reason }) {
                reasons[index].count = reasons[index].count.saturatingSum(count)
            } else {
                reasons.append(ReasonCount(reason: reason, count: count))
            }
        }
        for index in buckets.indices { buckets[index] = buckets[index].saturatingSum(other.buckets[index]) }
    }
}

extension UnsignedInteger where Self: FixedWidthInteger {
    /// The sum, held at the end of the range.
    fileprivate func saturatingSum(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
