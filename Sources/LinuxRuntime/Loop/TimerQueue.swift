// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Names one scheduled timer; a name is never used again for another.
package struct TimerID: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32
}

/// Deadlines in order, each with a payload: a binary heap that knows where everything is.
///
/// Adding and cancelling take logarithmic time, and once it has grown to its working size nothing is allocated. Equal
/// deadlines come out in the order they went in.
struct TimerQueue<Payload> {
    private struct Entry {
        var deadline: MonotonicInstant
        var sequence: UInt64
        var slot: UInt32
    }

    private struct Slot {
        var payload: Payload?
        var generation: UInt32
        var position: Int
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    private var sequence: UInt64 = 0

    /// How many timers wait.
    var count: Int { heap.count }

    /// The next deadline; nil when nothing waits.
    var nextDeadline: MonotonicInstant? { heap.first?.deadline }

    /// Adds a timer.
    mutating func insert(_ payload: Payload, at deadline: MonotonicInstant) -> TimerID {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
            slots[Int(slot)].payload = payload
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(payload: payload, generation: 0, position: 0))
        }
        sequence += 1
        heap.append(Entry(deadline: deadline, sequence: sequence, slot: slot))
        siftUp(heap.count - 1)
        return TimerID(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// Takes a timer out; false when it has fired or was cancelled before.
    @discardableResult
    mutating func cancel(_ timer: TimerID) -> Bool {
        let index = Int(timer.slot)
        guard slots.indices.contains(index), slots[index].generation == timer.generation, slots[index].payload != nil
        else { return false }
        removeEntry(at: slots[index].position)
        return true
    }

    /// Takes out the first timer whose deadline is not after `now`.
    mutating func popDue(at now: MonotonicInstant) -> (payload: Payload, deadline: MonotonicInstant, id: TimerID)? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        let slot = slots[Int(first.slot)]
        guard let payload = slot.payload else { preconditionFailure("a timer without a payload in slot \(first.slot)") }
        removeEntry(at: 0)
        return (payload, first.deadline, TimerID(slot: first.slot, generation: slot.generation))
    }

    private mutating func removeEntry(at position: Int) {
        let slot = Int(heap[position].slot)
        slots[slot].payload = nil
        slots[slot].generation &+= 1
        freeSlots.append(UInt32(slot))
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        if position > 0, isBefore(last, heap[(position - 1) / 2]) { siftUp(position) } else { siftDown(position) }
    }

    /// Lets the entry at `start` rise to its place; the others move down into the gap.
    private mutating func siftUp(_ start: Int) {
        let entry = heap[start]
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard isBefore(entry, heap[parent]) else { break }
            place(heap[parent], at: position)
            position = parent
        }
        place(entry, at: position)
    }

    /// Lets the entry at `start` sink to its place; the others move up into the gap.
    private mutating func siftDown(_ start: Int) {
        let entry = heap[start]
        var position = start
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
            guard isBefore(heap[child], entry) else { break }
            place(heap[child], at: position)
            position = child
        }
        place(entry, at: position)
    }

    private mutating func place(_ entry: Entry, at position: Int) {
        heap[position] = entry
        slots[Int(entry.slot)].position = position
    }

    private func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        // As numbers, because comparing instants of another module is a call, and this is done a dozen times for a timer.
        let (first, second) = (left.deadline.nanoseconds, right.deadline.nanoseconds)
        return first == second ? left.sequence < right.sequence : first < second
    }
}
