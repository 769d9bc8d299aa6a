// SPDX-License-Identifier: Apache-2.0

import Resilience

/// Transitions that breakers have reported and the assessment has not yet looked at.
final class TransitionMailbox: Sendable {
    private let events = Locked<[CircuitBreakerEvent]>([])

    /// Keeps one transition.
    func deliver(_ event: CircuitBreakerEvent) {
        events.withLock { $0.append(event) }
    }

    /// Whether nothing waits.
    var isEmpty: Bool { events.withLock(\.isEmpty) }

    /// Takes out what was delivered, oldest first.
    func takeAll() -> [CircuitBreakerEvent] {
        events.withLock { events in
            guard !events.isEmpty else { return [] }
            defer { events.removeAll(keepingCapacity: true) }
            return events
        }
    }
}
