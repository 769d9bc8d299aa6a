// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// When something was saved, so that a later run can tell how long ago that was.
package struct SaveStamp: Hashable, Sendable {
    package var wall: WallTime
    /// The clock that counts from the machine's start, suspend included.
    package var instant: MonotonicInstant
    /// Which start of the machine that was.
    package var boot: UInt64

    package init(wall: WallTime, instant: MonotonicInstant, boot: UInt64) {
        self.wall = wall
        self.instant = instant
        self.boot = boot
    }

    /// How long before `now` this was; nil when no clock can tell.
    ///
    /// Within one boot the monotonic clock tells exactly, whatever was done to the calendar meanwhile. Across boots there is only
    /// the calendar: one that went back tells nothing. One that went forward makes everything old, which is the safe side.
    package func elapsed(at now: SaveStamp) -> Duration? {
        if boot == now.boot, instant <= now.instant { return instant.duration(to: now.instant) }
        guard boot != now.boot, wall <= now.wall else { return nil }
        let (difference, overflow) = now.wall.nanosecondsSinceEpoch
            .subtractingReportingOverflow(wall.nanosecondsSinceEpoch)
        return .nanoseconds(overflow ? .max : difference)
    }
}
