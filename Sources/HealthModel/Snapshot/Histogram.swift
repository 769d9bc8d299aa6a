// SPDX-License-Identifier: Apache-2.0

/// Durations counted in fixed buckets, as Prometheus wants them.
///
/// Holds its counts in place: to count allocates nothing, also when a snapshot holds the same histogram. Each target has several, so a
/// place has 32 bits, and what passes them, after 13 years of ten probes a second, is kept apart.
package struct Histogram: Hashable, Sendable {
    /// Upper bounds of the buckets but the last, which has none; shared by every histogram of the agent.
    ///
    /// 1 ms to 30 s for a probe's time: each about 2.5 times the one before.
    package static let bounds: [Duration] = boundsInMicroseconds.indices.map { .microseconds(boundsInMicroseconds[$0]) }

    // A constant of the program, as a list that is made when it is first asked for is asked about each time.
    private static let boundsInMicroseconds: InlineArray<14, Int64> = [
        1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000,
    ]

    private var places = InlineArray<15, UInt32>(repeating: 0)
    /// How often each place has passed 2^32; nil until the first has.
    private var passes: Passes?
    /// The sum of all observations, in nanoseconds, held at the end of the range (292 years).
    package private(set) var sumNanoseconds: Int64 = 0

    package init() {}

    /// A histogram with so many observations of nothing in each place.
    init(inEachPlace count: UInt32) {
        places = InlineArray(repeating: count)
    }

    /// How many observations fell into each bucket (not cumulative); one more than there are bounds.
    package var counts: [UInt64] { places.indices.map(count) }

    /// How many observations there were.
    package var count: UInt64 {
        var count: UInt64 = 0
        for place in places.indices { count += self.count(in: place) }
        return count
    }

    private func count(in place: Int) -> UInt64 {
        UInt64(places[place]) | UInt64(passes?.counts[place] ?? 0) << 32
    }

    /// Counts one observation in constant time; a bound belongs to its bucket, as `le` says.
    package mutating func observe(_ duration: Duration) {
        observe(nanoseconds: duration.inNanoseconds)
    }

    /// The same of a duration in nanoseconds.
    mutating func observe(nanoseconds: Int64) {
        let nanoseconds = max(0, nanoseconds)
        let place = Self.bucket(ofNanoseconds: nanoseconds)
        places[place] &+= 1
        if places[place] == 0 { passes = Passes(passes, and: place) }
        let (sum, overflow) = sumNanoseconds.addingReportingOverflow(nanoseconds)
        sumNanoseconds = overflow ? .max : sum
    }

    /// The bucket that `duration` falls into, 0 to the number of bounds.
    package static func bucket(of duration: Duration) -> Int {
        bucket(ofNanoseconds: max(0, duration.inNanoseconds))
    }

    private static func bucket(ofNanoseconds nanoseconds: Int64) -> Int {
        let bounds = boundsInMicroseconds
        return bounds.indices.first { nanoseconds <= bounds[$0] * 1_000 } ?? bounds.count
    }

    package static func == (left: Histogram, right: Histogram) -> Bool {
        left.sumNanoseconds == right.sumNanoseconds
            && left.places.indices.allSatisfy { left.count(in: $0) == right.count(in: $0) }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(sumNanoseconds)
        for place in places.indices { hasher.combine(count(in: place)) }
    }

    /// What the places cannot hold, in an object, so that a histogram without it has a word for it and no more.
    private final class Passes: Sendable {
        let counts: [UInt32]

        init(_ others: Passes?, and place: Int) {
            var counts = others?.counts ?? Array(repeating: 0, count: Histogram.bounds.count + 1)
            counts[place] &+= 1
            self.counts = counts
        }
    }
}
