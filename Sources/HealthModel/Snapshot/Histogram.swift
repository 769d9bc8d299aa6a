// SPDX-License-Identifier: Apache-2.0

/// Durations counted in fixed buckets, as Prometheus wants them.
package struct Histogram: Hashable, Sendable {
    /// Upper bounds of the buckets but the last, which has none; shared by every histogram of the agent.
    ///
    /// 1 ms to 30 s for a probe's time: each about 2.5 times the one before.
    package static let bounds: [Duration] = [
        .milliseconds(1), .microseconds(2_500), .milliseconds(5), .milliseconds(10), .milliseconds(25),
        .milliseconds(50), .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1),
        .milliseconds(2_500), .seconds(5), .seconds(10), .seconds(30),
    ]

    private static let boundsInNanoseconds: [Int64] = bounds.map(\.inNanoseconds)

    /// How many observations fell into each bucket (not cumulative); one more than there are bounds.
    package private(set) var counts: [UInt64]
    /// The sum of all observations, in nanoseconds, held at the end of the range (292 years).
    package private(set) var sumNanoseconds: Int64

    package init() {
        counts = Array(repeating: 0, count: Self.bounds.count + 1)
        sumNanoseconds = 0
    }

    /// Counts one observation in constant time; a bound belongs to its bucket, as `le` says.
    package mutating func observe(_ duration: Duration) {
        let nanoseconds = max(0, duration.inNanoseconds)
        counts[Self.bucket(of: duration)] += 1
        let (sum, overflow) = sumNanoseconds.addingReportingOverflow(nanoseconds)
        sumNanoseconds = overflow ? .max : sum
    }

    /// The bucket that `duration` falls into, 0 to the number of bounds.
    package static func bucket(of duration: Duration) -> Int {
        let nanoseconds = max(0, duration.inNanoseconds)
        return boundsInNanoseconds.firstIndex { nanoseconds <= $0 } ?? bounds.count
    }

    /// How many observations there were.
    package var count: UInt64 { counts.reduce(0, +) }
}
