// SPDX-License-Identifier: Apache-2.0

public import Resilience

/// A clock that stands still until the test moves it.
///
/// ```swift
/// let clock = ManualClock()
/// let breaker = CircuitBreaker(name: "db", clock: clock)
/// async let waiting: Void = clock.sleep(for: .seconds(5))
/// await clock.waitForSleepers(1)
/// clock.advance(by: .seconds(5))
/// try await waiting
/// ```
///
/// It starts at zero and never goes back. Sleepers whose deadline has come are resumed in the order of their deadlines, those of
/// the same deadline in the order in which they went to sleep.
public final class ManualClock: Clock, Sendable {
    /// A moment of a `ManualClock`, as the time since it was made.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public let offset: Duration

        /// The moment `offset` after the clock was made.
        ///
        /// - Parameter offset: the time since the clock was made.
        public init(offset: Duration) {
            self.offset = offset
        }

        /// The moment `duration` later.
        public func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        /// The time from this moment to `other`; negative when `other` is earlier.
        public func duration(to other: Instant) -> Duration {
            other.offset - offset
        }

        /// Whether `left` is earlier than `right`.
        public static func < (left: Instant, right: Instant) -> Bool {
            left.offset < right.offset
        }
    }

    private let state = Locked(SleeperQueue())

    /// A clock that shows zero.
    public init() {}

    /// The moment the clock shows.
    public var now: Instant {
        Instant(offset: state.withLock { $0.now })
    }

    /// One attosecond: the clock shows exactly what it was set to.
    public var minimumResolution: Duration {
        Duration(secondsComponent: 0, attosecondsComponent: 1)
    }

    /// The clock as a time source whose origin is now.
    public var timeSource: TimeSource { TimeSource(self) }

    /// How many tasks sleep.
    public var sleeperCount: Int {
        state.withLock { $0.sleepers.count }
    }

    /// The earliest moment a task sleeps for; nil when none sleeps.
    public var nextDeadline: Instant? {
        state.withLock { $0.sleepers.first?.deadline }.map(Instant.init(offset:))
    }

    /// Sleeps until the clock shows `deadline`.
    ///
    /// - Parameters:
    ///   - deadline: the moment to wake up; returns at once when it has passed.
    ///   - tolerance: ignored, the clock is exact.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let ticket = state.withLock { $0.makeTicket() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let wake = state.withLock { $0.enqueue(ticket, until: deadline.offset, continuation) }
                wake.perform()
            }
        } onCancel: {
            state.withLock { $0.cancel(ticket) }.perform()
        }
    }

    /// Moves the clock forward and wakes whoever is due.
    ///
    /// - Parameter duration: how far; must not be negative.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "a manual clock cannot go back by \(duration)")
        state.withLock { $0.advance(to: $0.now + duration) }.perform()
    }

    /// Moves the clock to `instant` and wakes whoever is due; does nothing when it has passed.
    ///
    /// - Parameter instant: the moment to show.
    public func advance(to instant: Instant) {
        state.withLock { $0.advance(to: instant.offset) }.perform()
    }

    /// Moves the clock to the earliest moment a task sleeps for, and wakes it.
    ///
    /// - Returns: whether a task slept.
    @discardableResult
    public func advanceToNextDeadline() -> Bool {
        let wake: Wake? = state.withLock { state in
            guard let deadline = state.sleepers.first?.deadline else { return nil }
            return state.advance(to: deadline)
        }
        wake?.perform()
        return wake != nil
    }

    /// Waits until at least `count` tasks sleep.
    ///
    /// Returns early when the task is cancelled.
    ///
    /// - Parameter count: the number of sleepers to wait for.
    public func waitForSleepers(_ count: Int) async {
        let ticket = state.withLock { $0.makeTicket() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.watch(ticket, count: count, continuation) }.perform()
            }
        } onCancel: {
            state.withLock { $0.cancel(ticket) }.perform()
        }
    }
}
