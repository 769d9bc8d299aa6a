// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("DeadlineQueue")
struct DeadlineQueueTests {
    @Test("an empty queue has no first deadline")
    func empty() {
        let queue = DeadlineQueue()
        #expect(queue.first == nil)
        #expect(queue.count == 0)
        #expect(queue[TargetID(3)] == nil)
    }

    @Test("equal deadlines come out in the order of their places")
    func ties() {
        var queue = DeadlineQueue()
        for place in [4, 1, 3, 0, 2] { queue.set(instant(7), for: TargetID(place)) }
        var order: [Int] = []
        while let first = queue.first {
            order.append(first.target.index)
            queue.remove(first.target)
        }
        #expect(order == [0, 1, 2, 3, 4])
    }

    @Test("it names all that are due and no other, or as many as are asked for", arguments: [1, 2, 3] as [UInt64])
    func due(seed: UInt64) {
        var random = StepRandom(seed: seed)
        var queue = DeadlineQueue()
        for place in 0..<100 { queue.set(instant(Int64.random(in: 0..<50, using: &random)), for: TargetID(place)) }
        for time in [-1, 0, 10, 49, 60] as [Int64] {
            let expected = (0..<100).filter { queue[TargetID($0)].map { $0 <= instant(time) } ?? false }
            var seen: [Int] = []
            queue.forEachDue(by: instant(time), limit: 1_000) { seen.append($0.index) }
            #expect(seen.sorted() == expected)
            var some: [Int] = []
            queue.forEachDue(by: instant(time), limit: 7) { some.append($0.index) }
            #expect(some.count == min(7, expected.count) && Set(some).isSubset(of: expected))
        }
    }

    @Test("it agrees with a sorted list whatever is set, moved and removed", arguments: [1, 2, 3, 4] as [UInt64])
    func agreesWithModel(seed: UInt64) {
        var random = StepRandom(seed: seed)
        var queue = DeadlineQueue(capacity: 10)
        var model: [Int: MonotonicInstant] = [:]
        for step in 0..<4_000 {
            let place = Int.random(in: 0..<60, using: &random)
            if Int.random(in: 0..<3, using: &random) == 0 {
                queue.remove(TargetID(place))
                model[place] = nil
            } else {
                let deadline = instant(Int64.random(in: 0..<200, using: &random))
                queue.set(deadline, for: TargetID(place))
                model[place] = deadline
            }
            let first = model.min { ($0.value, $0.key) < ($1.value, $1.key) }
            #expect(queue.first?.target.index == first?.key, "seed \(seed), step \(step)")
            #expect(queue.first?.deadline == first?.value, "seed \(seed), step \(step)")
            #expect(queue[TargetID(place)] == model[place], "seed \(seed), step \(step)")
            #expect(queue.count == model.count, "seed \(seed), step \(step)")
        }
    }
}

/// A small generator for tests: a 64-bit linear congruential generator with Knuth's MMIX constants, upper bits folded down.
struct StepRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
