// SPDX-License-Identifier: Apache-2.0

/// At most one deadline per target, most of which are put off again and again before they come.
///
/// To put one off takes constant time: the target stays where it is in the queue, and is moved when it comes up there. Each is moved at
/// most once for each time it was set, so that all operations are logarithmic on average, as those of ``DeadlineQueue`` are.
package struct PostponedDeadlines {
    /// Holds each target, no later than its deadline.
    private var queue = DeadlineQueue()
    /// The deadlines by the targets' places, ``MonotonicInstant/never`` for those that have none.
    private var deadlines: [MonotonicInstant] = []

    /// No deadline.
    package init() {}

    /// The earliest deadline, not moving anything; linear in the number of targets.
    package var earliest: MonotonicInstant? {
        var earliest = MonotonicInstant.never
        for deadline in deadlines { earliest = min(earliest, deadline) }
        return earliest == .never ? nil : earliest
    }

    /// The first target by deadline, then by place, if its deadline is not after `limit`.
    package mutating func first(by limit: MonotonicInstant) -> DeadlineQueue.Element? {
        while let first = queue.first, first.deadline <= limit {
            let deadline = deadlines[first.target.index]
            if deadline == first.deadline { return first }
            queue.set(deadline, for: first.target)
        }
        return nil
    }

    /// Gives `target` this deadline in place of any other it had; the end of time is none.
    package mutating func set(_ deadline: MonotonicInstant, for target: TargetID) {
        guard deadline < .never else { return remove(target) }
        while deadlines.count <= target.index { deadlines.append(.never) }
        deadlines[target.index] = deadline
        if let place = queue[target], place <= deadline { return }
        queue.set(deadline, for: target)
    }

    /// Drops the deadline of `target`, if it has one.
    package mutating func remove(_ target: TargetID) {
        guard target.index < deadlines.count, deadlines[target.index] != .never else { return }
        deadlines[target.index] = .never
        queue.remove(target)
    }
}
