// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Synchronization

/// The clock of the breakers: it shows the present that the assessment was last given.
///
/// A breaker reads its clock itself; through this one it sees the same `now` as every other decision of the same step, so a
/// recorded day replays exactly.
final class BreakerClock: Clock, Sendable {
    private let reading: Atomic<Int64>

    init(_ now: MonotonicInstant) {
        reading = Atomic(now.nanoseconds)
    }

    var now: MonotonicInstant { MonotonicInstant(nanoseconds: reading.load(ordering: .relaxed)) }

    var minimumResolution: Duration { .nanoseconds(1) }

    /// Moves the clock forward; an earlier instant changes nothing.
    func advance(to now: MonotonicInstant) {
        if now.nanoseconds > reading.load(ordering: .relaxed) { reading.store(now.nanoseconds, ordering: .relaxed) }
    }

    /// Ends at once as cancelled: only steps of the assessment move this clock, so there is nothing to wait for.
    func sleep(until deadline: MonotonicInstant, tolerance: Duration?) async throws {
        throw CancellationError()
    }
}
