// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import Synchronization

/// The probe loop's last sign of life: stored by the loop, read by `/livez`, without a lock.
package final class Heartbeat: Sendable {
    private let nanoseconds: Atomic<Int64>

    /// Starts with a sign of life at `instant`.
    package init(at instant: MonotonicInstant) {
        nanoseconds = Atomic(instant.nanoseconds)
    }

    /// The last sign of life.
    package var last: MonotonicInstant {
        MonotonicInstant(nanoseconds: nanoseconds.load(ordering: .relaxed))
    }

    /// Gives a sign of life; callable from any thread, a few nanoseconds.
    package func beat(at instant: MonotonicInstant) {
        nanoseconds.store(instant.nanoseconds, ordering: .relaxed)
    }
}
