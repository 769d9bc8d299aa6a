// SPDX-License-Identifier: Apache-2.0

import Exposition

/// The last changes, for subscribers that come, come back or fall behind; of too many, the oldest are gone.
///
/// It is the only queue of all subscribers: each of them is no more than a number, the last change it was sent.
struct EventRing {
    /// The changes kept: at most 1.5 KiB each, so 1.5 MiB in all.
    static let defaultCapacity = 1_024

    private let capacity: Int
    private var events: [EventMessage] = []
    /// Where the oldest one stands, once the ring is full.
    private var start = 0
    /// The number of the newest change; 0 before the first.
    private(set) var last: UInt64 = 0

    init(capacity: Int = EventRing.defaultCapacity) {
        precondition(capacity > 0, "a ring of \(capacity) events holds nothing")
        self.capacity = capacity
    }

    /// The number before the oldest change that is kept.
    var beforeFirst: UInt64 { event(at: 0).map { $0.sequence - 1 } ?? last }

    /// Whether the newest change says that the agent is draining.
    var endsWithDraining: Bool { event(at: events.count - 1)?.isDraining ?? false }

    /// Keeps a change; one that is not newer than the last is dropped.
    mutating func append(_ event: EventMessage) {
        guard event.sequence > last else { return }
        last = event.sequence
        if events.count < capacity {
            events.append(event)
        } else {
            events[start] = event
            start = (start + 1) % capacity
        }
    }

    /// The first change after the one numbered `sequence`, in logarithmic time; nil when there is none.
    func next(after sequence: UInt64) -> EventMessage? {
        guard sequence < last else { return nil }
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if let found = event(at: middle), found.sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return event(at: low)
    }

    private func event(at index: Int) -> EventMessage? {
        (0..<events.count).contains(index) ? events[(start + index) % events.count] : nil
    }
}
