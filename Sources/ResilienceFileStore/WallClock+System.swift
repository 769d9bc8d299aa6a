// SPDX-License-Identifier: Apache-2.0

public import Resilience

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension WallClock {
    /// The clock of the system (`CLOCK_REALTIME`), which tells after a restart how much of a wait has passed.
    public static var system: WallClock {
        WallClock {
            var time = timespec()
            // unsafe: the callee fills the structure and keeps no pointer; this clock always exists.
            _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
            return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
        }
    }
}
