// SPDX-License-Identifier: Apache-2.0

/// At most one deadline per target, and which comes first.
///
/// A heap of four that knows where in it each target stands, so that a deadline can be moved or dropped wherever it is. All
/// operations are logarithmic, `first` and look-ups are constant, and nothing is allocated once the tables have grown to the
/// number of targets. Equal deadlines come out in the order of the targets' places, so a run can be replayed.
package struct DeadlineQueue {
    /// One deadline in the heap.
    package struct Element: Hashable, Sendable {
        /// The deadline before the target's place, so that one comparison decides, and without a branch that nobody can predict.
        fileprivate let key: Int128

        fileprivate init(deadline: MonotonicInstant, target: TargetID) {
            key = Int128(deadline.nanoseconds) << 64 | Int128(target.index)
        }

        fileprivate init(key: Int128) {
            self.key = key
        }

        package var deadline: MonotonicInstant { MonotonicInstant(nanoseconds: Int64(truncatingIfNeeded: key >> 64)) }

        package var target: TargetID { TargetID(place) }

        fileprivate var place: Int { Int(truncatingIfNeeded: key) }
    }

    /// The heap: the children of row n are rows 4n + 1 to 4n + 4, and none comes before its parent.
    ///
    /// Four and not two, because a move is then half as far, and four that lie side by side are as quickly compared as two.
    private var heap: [Element] = []
    /// The row of each target in the heap, `absent` when it has no deadline.
    private var rows: [Int32] = []

    private static let absent: Int32 = -1
    private static let width = 4

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

    /// Names the targets whose deadline has come, at most `limit`, in no order.
    package func forEachDue(by now: MonotonicInstant, limit: Int, _ body: (TargetID) -> Void) {
        var rest = limit
        visit(0, by: now, &rest, body)
    }

    private func visit(_ row: Int, by now: MonotonicInstant, _ rest: inout Int, _ body: (TargetID) -> Void) {
        guard row < heap.count, rest > 0, heap[row].deadline <= now else { return }
        rest -= 1
        body(heap[row].target)
        for child in 1...Self.width { visit(Self.width * row + child, by: now, &rest, body) }
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
        rows[target.index] = Int32(truncatingIfNeeded: heap.count - 1)
        Self.rise(from: heap.count - 1, in: &heap, &rows)
    }

    /// Drops the deadline of `target`, if it has one.
    package mutating func remove(_ target: TargetID) {
        guard let row = row(of: target) else { return }
        rows[target.index] = Self.absent
        let last = heap.removeLast()
        guard row < heap.count else { return }
        heap[row] = last
        rows[last.place] = Int32(truncatingIfNeeded: row)
        settle(row)
    }

    private func row(of target: TargetID) -> Int? {
        guard target.index < rows.count, rows[target.index] != Self.absent else { return nil }
        return Int(rows[target.index])
    }

    private mutating func settle(_ row: Int) {
        if row > 0, heap[row].key < heap[(row - 1) / Self.width].key {
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
            let parent = heap[(row - 1) / width]
            guard element.key < parent.key else { break }
            heap[row] = parent
            rows[parent.place] = Int32(truncatingIfNeeded: row)
            row = (row - 1) / width
        }
        heap[row] = element
        rows[element.place] = Int32(truncatingIfNeeded: row)
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
            var first = width * bottom + 1
            while first < heap.count {
                var earliest = heap[first].key
                if first + width <= heap.count {
                    let others = min(heap[first + 2].key, heap[first + 3].key)
                    earliest = min(min(earliest, heap[first + 1].key), others)
                } else {
                    for row in first..<heap.count { earliest = min(earliest, heap[row].key) }
                }
                let child = Element(key: earliest)
                heap[bottom] = child
                // Which of the four it was is known there.
                let row = Int(rows[child.place])
                rows[child.place] = Int32(truncatingIfNeeded: bottom)
                bottom = row
                first = width * bottom + 1
            }
            heap[bottom] = element
        }
        rise(from: bottom, in: &heap, &rows)
    }
}
