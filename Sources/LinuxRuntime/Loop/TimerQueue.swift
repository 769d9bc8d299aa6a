// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Names one scheduled timer; a name is never used again for another.
package struct TimerID: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32
}

/// Deadlines in order, each with a payload: a binary heap that knows where everything is.
///
/// Nearly every timer is the end of a wait that ends sooner: it is taken back, and the next one in its slot is due later. So to take
/// one back moves nothing: its row stays where it is in the heap, for the next timer in the slot, and a row whose timer is gone or
/// due later is put right when it comes up. Adding takes logarithmic time on average, mostly constant, cancelling is constant, and once
/// the queue has grown to its working size nothing is allocated. Equal deadlines come out in the order they went in.
struct TimerQueue<Payload> {
    /// What the heap is ordered by: no later than the timer in the slot.
    private struct Row {
        var deadline: MonotonicInstant
        var sequence: UInt64
        var slot: UInt32
    }

    private struct Slot {
        /// Nil while no timer is here.
        var payload: Payload?
        var deadline: MonotonicInstant
        var sequence: UInt64
        var generation: UInt32 = 0
        /// Where in the heap the slot's row is; nil when it has none.
        var place: Int?
    }

    private var heap: [Row] = []
    private var slots: [Slot] = []
    /// The newest is used first, as what lies in the caches.
    private var freeSlots: [UInt32] = []
    private var sequence: UInt64 = 0

    /// How many timers wait.
    var count: Int { slots.count - freeSlots.count }

    /// Adds a timer.
    mutating func insert(_ payload: Payload, at deadline: MonotonicInstant) -> TimerID {
        sequence += 1
        let number: UInt32
        if let free = freeSlots.popLast() {
            number = free
            slots[Int(free)].payload = payload
            slots[Int(free)].deadline = deadline
            slots[Int(free)].sequence = sequence
        } else {
            number = UInt32(slots.count)
            slots.append(Slot(payload: payload, deadline: deadline, sequence: sequence))
        }
        let row = Row(deadline: deadline, sequence: sequence, slot: number)
        let place = slots[Int(number)].place ?? heap.count
        if place == heap.count {
            heap.append(row)
            siftUp(place)
        } else if isBefore(row, heap[place]) {
            heap[place] = row
            siftUp(place)
        }
        return TimerID(slot: number, generation: slots[Int(number)].generation)
    }

    /// Takes a timer out; false when it has fired or was cancelled before.
    @discardableResult
    mutating func cancel(_ timer: TimerID) -> Bool {
        guard timer.slot < slots.count, slots[Int(timer.slot)].generation == timer.generation else { return false }
        empty(timer.slot)
        return true
    }

    /// The next deadline; nil when nothing waits.
    mutating func nextDeadline() -> MonotonicInstant? {
        settle(until: .never)
        return heap.first?.deadline
    }

    /// Takes out the first timer whose deadline is not after `now`.
    mutating func popDue(at now: MonotonicInstant) -> (payload: Payload, deadline: MonotonicInstant, id: TimerID)? {
        settle(until: now)
        guard let first = heap.first, first.deadline <= now else { return nil }
        let slot = slots[Int(first.slot)]
        guard let payload = slot.payload else { preconditionFailure("a timer without a payload in slot \(first.slot)") }
        removeFirst()
        empty(first.slot)
        return (payload, first.deadline, TimerID(slot: first.slot, generation: slot.generation))
    }

    /// Frees a slot, whose row stays.
    private mutating func empty(_ slot: UInt32) {
        slots[Int(slot)].payload = nil
        slots[Int(slot)].generation &+= 1
        freeSlots.append(slot)
    }

    /// Puts the first row right until it is that of a timer, or later than `limit`.
    private mutating func settle(until limit: MonotonicInstant) {
        while let first = heap.first, first.deadline <= limit {
            let index = Int(first.slot)
            if slots[index].payload == nil {
                removeFirst()
            } else if slots[index].sequence != first.sequence {
                heap[0] = Row(deadline: slots[index].deadline, sequence: slots[index].sequence, slot: first.slot)
                siftDown(0)
            } else {
                return
            }
        }
    }

    private mutating func removeFirst() {
        slots[Int(heap[0].slot)].place = nil
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        siftDown(0)
    }

    /// Lets the row at `start` rise to its place; the others move down into the gap.
    private mutating func siftUp(_ start: Int) {
        let row = heap[start]
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard isBefore(row, heap[parent]) else { break }
            place(heap[parent], at: position)
            position = parent
        }
        place(row, at: position)
    }

    /// Lets the row at `start` sink to its place; the others move up into the gap.
    private mutating func siftDown(_ start: Int) {
        let row = heap[start]
        var position = start
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
            guard isBefore(heap[child], row) else { break }
            place(heap[child], at: position)
            position = child
        }
        place(row, at: position)
    }

    private mutating func place(_ row: Row, at position: Int) {
        heap[position] = row
        slots[Int(row.slot)].place = position
    }

    private func isBefore(_ left: Row, _ right: Row) -> Bool {
        // As numbers, because comparing instants of another module is a call, and this is done a dozen times for a timer.
        let (first, second) = (left.deadline.nanoseconds, right.deadline.nanoseconds)
        return first == second ? left.sequence < right.sequence : first < second
    }
}
