// SPDX-License-Identifier: Apache-2.0

/// At most one deadline per target, and which comes first.
///
/// A binary heap that knows where in it each target stands, so that a deadline can be moved or dropped wherever it is. All
/// operations are logarithmic, `first` and look-ups are constant, and nothing is allocated once the tables have grown to the
/// number of targets. Equal deadlines come out in the order of the targets' places, so a run can be replayed.
package struct DeadlineQueue {
    /// One deadline in the heap.
    package struct Element: Hashable, Sendable {
        package let deadline: MonotonicInstant
        package let target: TargetID

        fileprivate func comes(before other: Element) -> Bool {
            deadline == other.deadline ? target.index < other.target.index : deadline < other.deadline
        }
    }

    /// The heap: the children of row n are rows 2n + 1 and 2n + 2, and none comes before its parent.
    private var heap: [Element] = []
    /// The row of each target in the heap, `absent` when it has no deadline.
    private var rows: [Int32] = []

    private static let absent: Int32 = -1

    /// An empty queue that can take `capacity` targets without allocating.
    package init(capacity: Int = 0) {
        heap.reserveCapacity(capacity)
        rows.reserveCapacity(capacity)
    }

    /// The earliest deadline.
    package var first: Element? { heap.first }

    /// How many targets have a deadline.
    package var count: Int { heap.count }

    /// The deadline of one target.
    package subscript(target: TargetID) -> MonotonicInstant? {
        row(of: target).map { heap[$0].deadline }
    }

    /// Gives `target` this deadline in place of any other it had.
    package mutating func set(_ deadline: MonotonicInstant, for target: TargetID) {
        let element = Element(deadline: deadline, target: target)
        if let row = row(of: target) {
            heap[row] = element
            settle(row)
            return
        }
        while rows.count <= target.index { rows.append(Self.absent) }
        heap.append(element)
        rows[target.index] = Int32(heap.count - 1)
        Self.rise(from: heap.count - 1, in: &heap, &rows)
    }

    /// Drops the deadline of `target`, if it has one.
    package mutating func remove(_ target: TargetID) {
        guard let row = row(of: target) else { return }
        rows[target.index] = Self.absent
        let last = heap.removeLast()
        guard row < heap.count else { return }
        heap[row] = last
        rows[last.target.index] = Int32(row)
        settle(row)
    }

    private func row(of target: TargetID) -> Int? {
        guard target.index < rows.count, rows[target.index] != Self.absent else { return nil }
        return Int(rows[target.index])
    }

    private mutating func settle(_ row: Int) {
        if row > 0, heap[row].comes(before: heap[(row - 1) / 2]) {
            Self.rise(from: row, in: &heap, &rows)
        } else {
            Self.sink(from: row, in: &heap, &rows)
        }
    }

    /// Moves an element towards the first, to where it belongs.
    private static func rise(from start: Int, in heap: inout [Element], _ rows: inout [Int32]) {
        var heap = heap.mutableSpan
        var rows = rows.mutableSpan
        let element = heap[start]
        var row = start
        while row > 0 {
            let parent = heap[(row - 1) / 2]
            guard element.comes(before: parent) else { break }
            heap[row] = parent
            rows[parent.target.index] = Int32(row)
            row = (row - 1) / 2
        }
        heap[row] = element
        rows[element.target.index] = Int32(row)
    }

    /// Moves an element away from the first, to where it belongs.
    ///
    /// Mostly it is one of the last there are, so it goes all the way down, along the earliest children, and from there back up.
    private static func sink(from start: Int, in heap: inout [Element], _ rows: inout [Int32]) {
        var bottom = start
        do {
            var heap = heap.mutableSpan
            var rows = rows.mutableSpan
            let element = heap[start]
            while 2 * bottom + 2 < heap.count {
                let (left, right) = (heap[2 * bottom + 1], heap[2 * bottom + 2])
                let isLeft = left.comes(before: right)
                let child = isLeft ? left : right
                heap[bottom] = child
                rows[child.target.index] = Int32(truncatingIfNeeded: bottom)
                bottom = 2 * bottom + (isLeft ? 1 : 2)
            }
            if 2 * bottom + 1 < heap.count {
                let child = heap[2 * bottom + 1]
                heap[bottom] = child
                rows[child.target.index] = Int32(truncatingIfNeeded: bottom)
                bottom = 2 * bottom + 1
            }
            heap[bottom] = element
        }
        rise(from: bottom, in: &heap, &rows)
    }
}
