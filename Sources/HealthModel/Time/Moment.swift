// SPDX-License-Identifier: Apache-2.0

/// One reading of both clocks.
///
/// Decisions use the instant, events and output the wall time; a jump of the wall clock therefore changes no decision.
package struct Moment: Hashable, Sendable {
    /// For waits and ages.
    package let instant: MonotonicInstant
    /// For events and output.
    package let wall: WallTime

    package init(instant: MonotonicInstant, wall: WallTime) {
        self.instant = instant
        self.wall = wall
    }

    @inlinable
    package static func == (left: Moment, right: Moment) -> Bool {
        left.instant.nanoseconds == right.instant.nanoseconds
            && left.wall.nanosecondsSinceEpoch == right.wall.nanosecondsSinceEpoch
    }
}
