// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import LinuxRuntime

@Suite("TimerQueue")
struct TimerQueueTests {
    private static func at(_ nanoseconds: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: nanoseconds) }

    @Test("an empty queue has no deadline and nothing due")
    func empty() {
        var queue = TimerQueue<Int>()
        let next = queue.nextDeadline()
        #expect(next == nil)
        let due = queue.popDue(at: Self.at(.max))
        #expect(due == nil)
    }

    @Test("a timer is due at its deadline and not before")
    func due() {
        var queue = TimerQueue<Int>()
        let timer = queue.insert(7, at: Self.at(10))
        let early = queue.popDue(at: Self.at(9))
        #expect(early == nil)
        let due = queue.popDue(at: Self.at(10))
        #expect(due?.payload == 7)
        #expect(due?.deadline == Self.at(10))
        #expect(due?.id == timer)
    }

    @Test("a timer that fired or was cancelled cannot be cancelled, even when its place is taken by another")
    func cancelOnce() {
        var queue = TimerQueue<Int>()
        let first = queue.insert(1, at: Self.at(1))
        var answers = [queue.cancel(first), queue.cancel(first)]
        let second = queue.insert(2, at: Self.at(2))
        answers.append(queue.cancel(first))
        let due = queue.popDue(at: Self.at(2))
        answers.append(queue.cancel(second))
        #expect(due?.payload == 2)
        #expect(answers == [true, false, false, false])
    }

    @Test("the next deadline is that of a timer which waits, not of one that was taken back from the same place")
    func reused() {
        var queue = TimerQueue<Int>()
        queue.cancel(queue.insert(1, at: Self.at(10)))
        let later = queue.insert(2, at: Self.at(20))
        let next = queue.nextDeadline()
        #expect(next == Self.at(20))
        queue.cancel(later)
        _ = queue.insert(3, at: Self.at(5))
        let sooner = queue.nextDeadline()
        #expect(sooner == Self.at(5))
        let due = queue.popDue(at: Self.at(30))
        let none = queue.nextDeadline()
        #expect(due?.payload == 3)
        #expect(none == nil)
    }

    /// A list that is sorted anew for each question.
    private struct Model {
        var timers: [(deadline: MonotonicInstant, sequence: Int, id: TimerID)] = []

        func firstDue(at now: MonotonicInstant) -> Int? {
            timers.indices.filter { timers[$0].deadline <= now }.min { left, right in
                (timers[left].deadline, timers[left].sequence) < (timers[right].deadline, timers[right].sequence)
            }
        }
    }

    @Test("it gives what a sorted list gives, whatever is done to it", arguments: 0..<50 as Range<UInt64>)
    func model(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var queue = TimerQueue<Int>()
        var model = Model()
        var cancelled: [TimerID] = []
        for sequence in 0..<400 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let deadline = Self.at(Int64.random(in: 0..<40, using: &random))
                model.timers.append((deadline, sequence, queue.insert(sequence, at: deadline)))
            case 5..<7 where !model.timers.isEmpty:
                let victim = model.timers.remove(at: Int.random(in: 0..<model.timers.count, using: &random))
                let wasThere = queue.cancel(victim.id)
                #expect(wasThere)
                cancelled.append(victim.id)
            case 7:
                let wereThere = cancelled.map { queue.cancel($0) }
                #expect(!wereThere.contains(true))
            default:
                let now = Self.at(Int64.random(in: 0..<40, using: &random))
                let expected = model.firstDue(at: now).map { model.timers.remove(at: $0) }
                let due = queue.popDue(at: now)
                #expect(due?.payload == expected?.sequence)
                #expect(due?.deadline == expected?.deadline)
                #expect(due?.id == expected?.id)
            }
            #expect(queue.count == model.timers.count)
            // Seldom, so that rows are put right by whoever comes first.
            guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
            let next = queue.nextDeadline()
            #expect(next == model.timers.map(\.deadline).min())
        }
    }
}
