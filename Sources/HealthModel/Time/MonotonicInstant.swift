// SPDX-License-Identifier: Apache-2.0

/// A point on the machine's monotonic clock, suspend included (CLOCK_BOOTTIME on Linux).
///
/// Every wait, window and age in the agent is measured with it; the wall clock appears only in events and output. The
/// origin is arbitrary, so an instant means nothing outside the process run that made it. All arithmetic saturates: no
/// configured interval can overflow it.
package struct MonotonicInstant: InstantProtocol, Hashable, Sendable {
    /// Nanoseconds since the clock's origin.
    package let nanoseconds: Int64

    @inlinable
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The end of the range, 292 years after the origin: when that happens which never does.
    @inlinable
    package static var never: MonotonicInstant { MonotonicInstant(nanoseconds: .max) }

    /// The instant later by `duration` (earlier when negative), held at the ends of the range.
    package func advanced(by duration: Duration) -> MonotonicInstant {
        advanced(byNanoseconds: duration.inNanoseconds)
    }

    /// The same by nanoseconds, which are a tenth of the work of a `Duration`.
    @inlinable
    package func advanced(byNanoseconds distance: Int64) -> MonotonicInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(distance)
        guard overflow else { return MonotonicInstant(nanoseconds: sum) }
        return MonotonicInstant(nanoseconds: distance < 0 ? .min : .max)
    }

    /// How far `other` lies after this instant; negative when it lies before.
    package func duration(to other: MonotonicInstant) -> Duration {
        .nanoseconds(nanoseconds(to: other))
    }

    /// The same in nanoseconds, held at the ends of the range.
    @inlinable
    package func nanoseconds(to other: MonotonicInstant) -> Int64 {
        let (difference, overflow) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
        guard overflow else { return difference }
        return other < self ? .min : .max
    }

    @inlinable
    package static func == (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds == right.nanoseconds
    }

    @inlinable
    package static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    // Those of `Comparable` itself would ask for `<` through its table, from other modules: a probe compares a dozen instants.

    @inlinable
    package static func <= (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds <= right.nanoseconds
    }

    @inlinable
    package static func > (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds > right.nanoseconds
    }

    @inlinable
    package static func >= (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds >= right.nanoseconds
    }

    /// The earlier of two instants where both are given, the one that is given otherwise.
    package static func earlier(_ left: MonotonicInstant?, _ right: MonotonicInstant?) -> MonotonicInstant? {
        guard let left, let right else { return left ?? right }
        return earlier(left, right)
    }

    /// The earlier of two instants; `min` would ask through the table, too.
    @inlinable
    package static func earlier(_ left: MonotonicInstant, _ right: MonotonicInstant) -> MonotonicInstant {
        right < left ? right : left
    }

    /// The later of two instants.
    @inlinable
    package static func later(_ left: MonotonicInstant, _ right: MonotonicInstant) -> MonotonicInstant {
        right < left ? left : right
    }
}
