// SPDX-License-Identifier: Apache-2.0

/// A point on the calendar, for events and output only; never for a wait or an age.
package struct WallTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    package let nanosecondsSinceEpoch: Int64

    package init(nanosecondsSinceEpoch: Int64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// Seconds since 1970-01-01T00:00:00Z, with the fraction that a `Double` can carry.
    package var secondsSinceEpoch: Double {
        Double(nanosecondsSinceEpoch) / 1_000_000_000
    }

    /// The time later by `duration`, held at the ends of the range.
    package func advanced(by duration: Duration) -> WallTime {
        let (sum, overflow) = nanosecondsSinceEpoch.addingReportingOverflow(duration.inNanoseconds)
        guard overflow else { return WallTime(nanosecondsSinceEpoch: sum) }
        return WallTime(nanosecondsSinceEpoch: duration < .zero ? .min : .max)
    }

    package static func < (left: WallTime, right: WallTime) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}
