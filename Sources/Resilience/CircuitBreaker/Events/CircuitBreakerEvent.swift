// SPDX-License-Identifier: Apache-2.0

/// One change of state of one breaker.
public struct CircuitBreakerEvent: Sendable, Hashable, CustomStringConvertible {
    /// The name of the breaker.
    public let name: String
    /// Counts the transitions of the breaker, or of all breakers of its manager, from 1 without gaps.
    ///
    /// A gap between two events that a reader sees says how many it has missed.
    public let sequence: UInt64
    /// The state before.
    public let from: CircuitBreakerState
    /// The state after.
    public let to: CircuitBreakerState
    /// Why.
    public let reason: TransitionReason
    /// The last failure, where failures are the reason.
    public let cause: FailureCause?
    /// The generation that began with this transition.
    public let generation: UInt64
    /// When, as a time since the origin of the breaker's ``TimeSource``.
    public let at: Duration
    /// When, since 1970-01-01T00:00:00Z; nil where no ``WallClock`` was given.
    public let wallTime: Duration?

    /// The reason and its cause: `3 consecutive failures: connect refused`.
    public var reasonText: String {
        reason.description + (cause.map { ": \($0)" } ?? "")
    }

    /// The event in one line: `checkout: closed → open (3 consecutive failures: connect refused)`.
    public var description: String {
        "\(name): \(from.text) → \(to.text) (\(reasonText))"
    }
}
