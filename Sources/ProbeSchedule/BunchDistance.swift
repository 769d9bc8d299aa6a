// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// How far apart starts have to lie so that a few dozen of them share a wake-up.
///
/// Waking up costs more than a probe, and the code that a probe needs is in the processor's caches when another has just used it.
/// Longer bunches save little more, and the last of a bunch waits for all before it.
///
/// Follows from the starts a second alone, counted in whole numbers, so that targets that come and go leave nothing behind.
struct BunchDistance {
    /// How many starts a bunch has at most, but for those of distances that are the least already.
    private static let most: Int64 = 40
    /// What distances there are, in nanoseconds.
    ///
    /// Nearly every interval that people choose is a multiple of each that it may have, so that targets of different intervals meet.
    private static let all: [Int64] = [2, 4, 10, 20, 50].map { $0 * 1_000_000 }
    /// How many bunches an interval has at least.
    private static let fewestPerInterval: Int64 = 50
    /// How many bunches lie to either side of a slot, at least, among which jitter chooses.
    private static let fewestPerReach: Int64 = 4
    private static let millionSeconds: Int64 = 1_000_000_000_000_000

    /// The distance that goes with the targets there are, in nanoseconds.
    private(set) var current = Self.longest(within: .max)
    private var startsPerMillionSeconds: Int64 = 0

    /// Counts a target in.
    mutating func add(_ timing: ProbeTiming) { count(Self.starts(timing)) }

    /// Counts a target out that was counted in with the same timing.
    mutating func remove(_ timing: ProbeTiming) { count(-Self.starts(timing)) }

    /// The distance for the starts of a target, in nanoseconds, at least 1.
    ///
    /// - Parameters:
    ///   - interval: the time between two of its starts, in nanoseconds.
    ///   - reach: how far jitter may move them to either side, in nanoseconds; 0 where there is none.
    /// - Returns: one of those that there are, or less for an interval too short for them.
    func distance(interval: Int64, reach: Int64) -> Int64 {
        let fine = reach > 0 ? reach / Self.fewestPerReach : .max
        let share = interval / Self.fewestPerInterval
        return max(1, min(share, Self.longest(within: min(current, fine, share))))
    }

    private mutating func count(_ starts: Int64) {
        startsPerMillionSeconds += starts
        let fitting = startsPerMillionSeconds > 0 ? Self.millionSeconds / startsPerMillionSeconds * Self.most : .max
        current = Self.longest(within: fitting)
    }

    /// The longest of the distances that are not above `most`, or else the least there is.
    private static func longest(within most: Int64) -> Int64 {
        all.last { $0 <= most } ?? all.first ?? 1
    }

    /// At most one a microsecond is counted, so that a million of targets stays far from the end of `Int64`.
    private static func starts(_ timing: ProbeTiming) -> Int64 {
        millionSeconds / max(1_000, timing.interval.inNanoseconds)
    }
}
