// SPDX-License-Identifier: Apache-2.0

/// Any `Clock` measured in `Duration`, reduced to what a policy needs: the time since an origin, and a wait.
///
/// Policies decide with plain durations, so they need not be generic over the clock. The origin is the moment the source was
/// made; instants of one source compare with each other and with nothing else. A `CircuitBreakerManager` shares one source
/// among its breakers.
///
/// Only monotonic clocks belong here. Wall time appears in events alone, see ``WallClock``.
public struct TimeSource: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let wait: @Sendable (Duration) async throws -> Void

    /// Reads `clock` from now on.
    ///
    /// - Parameter clock: the monotonic clock; default `ContinuousClock`, which keeps running while the machine sleeps.
    public init(_ clock: some Clock<Duration> = ContinuousClock()) {
        let origin = clock.now
        if clock is ContinuousClock {
            // The usual case once more, with the calls bound at compile time: a quarter of the time of a read.
            let origin = ContinuousClock.now
            elapsed = { origin.duration(to: ContinuousClock.now) }
        } else {
            elapsed = { origin.duration(to: clock.now) }
        }
        wait = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
    }

    /// The time since the origin.
    public func now() -> Duration {
        elapsed()
    }

    /// Waits until `instant`, a time since the origin; returns at once when it has passed.
    ///
    /// - Parameter instant: the time since the origin to wait for.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until instant: Duration) async throws(CancellationError) {
        do {
            try await wait(instant)
        } catch {
            throw CancellationError()
        }
    }
}
