// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit

/// A clock for one task: who sleeps moves it to the end of the sleep, and beyond by the oversleep, and wakes at once.
final class JumpClock: Clock {
    typealias Instant = ManualClock.Instant

    private struct State {
        var now = Duration.zero
        var oversleep = Duration.zero
        var sleeps: [Duration] = []
    }

    private let state = Locked(State())

    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    var timeSource: TimeSource { TimeSource(self) }

    /// How long each sleep was meant to be.
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Duration?) throws {
        try Task.checkCancellation()
        state.withLock { state in
            guard deadline.offset > state.now else { return }
            state.sleeps.append(deadline.offset - state.now)
            state.now = deadline.offset + state.oversleep
        }
    }

    func advance(by duration: Duration) {
        state.withLock { $0.now += duration }
    }

    /// How much too late everybody wakes from now on.
    func oversleep(_ duration: Duration) {
        state.withLock { $0.oversleep = duration }
    }
}
