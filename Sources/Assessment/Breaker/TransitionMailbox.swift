// SPDX-License-Identifier: Apache-2.0

import Resilience
import Synchronization

/// Transitions that breakers have reported and the assessment has not yet looked at.
final class TransitionMailbox: Sendable {
    private let events = Locked<[CircuitBreakerEvent]>([])
    private let count = Atomic<Int>(0)

    /// Keeps one transition.
    func deliver(_ event: CircuitBreakerEvent) {
        events.withLock { events in
            events.append(event)
            count.store(events.count, ordering: .releasing)
        }
    }

    /// Whether nothing waits.
    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    /// Takes out what was delivered, oldest first.
    func takeAll() -> [CircuitBreakerEvent] {
        guard !isEmpty else { return [] }
        return events.withLock { events in
            count.store(0, ordering: .releasing)
            defer { events.removeAll(keepingCapacity: true) }
            return events
        }
    }
}
