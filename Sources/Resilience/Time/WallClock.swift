// SPDX-License-Identifier: Apache-2.0

/// The time of day, for events and nothing else.
///
/// No decision ever reads it: waits and windows use a ``TimeSource``. The standard library has no wall clock, so the caller
/// injects one, for example from `clock_gettime(CLOCK_REALTIME)` or Foundation's `Date`.
public struct WallClock: Sendable {
    private let sinceEpoch: @Sendable () -> Duration

    /// Wraps a function that gives the time since 1970-01-01T00:00:00Z.
    ///
    /// - Parameter sinceEpoch: called once for each event, outside every lock, from any thread.
    public init(_ sinceEpoch: @escaping @Sendable () -> Duration) {
        self.sinceEpoch = sinceEpoch
    }

    /// The time since 1970-01-01T00:00:00Z.
    public func now() -> Duration {
        sinceEpoch()
    }
}
