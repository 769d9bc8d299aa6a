// SPDX-License-Identifier: Apache-2.0

public import Resilience

/// Keeps every transition that it is told of.
///
/// ```swift
/// let recorder = TransitionRecorder()
/// let breaker = CircuitBreaker(name: "db", clock: clock, onTransition: recorder.record)
/// breaker.trip(reason: "a test")
/// #expect(recorder.transitions == ["closed → open"])
/// ```
public final class TransitionRecorder: Sendable {
    private let recorded = Locked<[CircuitBreakerEvent]>([])

    /// A recorder that has seen nothing.
    public init() {}

    /// Keeps `event`; made to be given to `onTransition`.
    ///
    /// - Parameter event: the event.
    @Sendable
    public func record(_ event: CircuitBreakerEvent) {
        recorded.withLock { $0.append(event) }
    }

    /// All events so far, oldest first.
    public var events: [CircuitBreakerEvent] {
        recorded.withLock { $0 }
    }

    /// All transitions so far as `closed → open`, oldest first.
    public var transitions: [String] {
        events.map { "\($0.from.text) → \($0.to.text)" }
    }

    /// Forgets everything.
    public func removeAll() {
        recorded.withLock { $0.removeAll() }
    }
}
