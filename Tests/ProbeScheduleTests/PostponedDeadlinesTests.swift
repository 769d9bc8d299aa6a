// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("PostponedDeadlines")
struct PostponedDeadlinesTests {
    @Test("a deadline that was put off is not met at the old time")
    func postponed() {
        var deadlines = PostponedDeadlines()
        deadlines.set(instant(5), for: TargetID(0))
        deadlines.set(instant(7), for: TargetID(1))
        deadlines.set(instant(9), for: TargetID(0))
        #expect(deadlines.first(by: instant(6)) == nil)
        #expect(deadlines.earliest == instant(7))
        #expect(deadlines.first(by: instant(8))?.target == TargetID(1))
        deadlines.remove(TargetID(1))
        #expect(deadlines.first(by: instant(8)) == nil)
        #expect(deadlines.first(by: instant(9))?.deadline == instant(9))
    }

    @Test("a deadline can be brought forward")
    func earlier() {
        var deadlines = PostponedDeadlines()
        deadlines.set(instant(9), for: TargetID(0))
        deadlines.set(instant(3), for: TargetID(0))
        #expect(deadlines.first(by: instant(3))?.deadline == instant(3))
    }

    @Test("the end of time is no deadline")
    func never() {
        var deadlines = PostponedDeadlines()
        deadlines.set(instant(3), for: TargetID(0))
        deadlines.set(.never, for: TargetID(0))
        #expect(deadlines.earliest == nil)
        #expect(deadlines.first(by: .never) == nil)
    }

    @Test("it agrees with a sorted list whatever is set, put off and removed", arguments: [1, 2, 3, 4] as [UInt64])
    func agreesWithModel(seed: UInt64) {
        var random = StepRandom(seed: seed)
        var deadlines = PostponedDeadlines()
        var model: [Int: MonotonicInstant] = [:]
        for step in 0..<4_000 {
            let place = Int.random(in: 0..<60, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                deadlines.remove(TargetID(place))
                model[place] = nil
            } else {
                let deadline = instant(Int64(step) + Int64.random(in: -50..<200, using: &random))
                deadlines.set(deadline, for: TargetID(place))
                model[place] = deadline
            }
            let first = model.min { ($0.value, $0.key) < ($1.value, $1.key) }
            #expect(deadlines.earliest == first?.value, "seed \(seed), step \(step)")
            let limit = instant(Int64(step))
            let due = first.flatMap { $0.value <= limit ? $0 : nil }
            let found = deadlines.first(by: limit)
            #expect(found?.target.index == due?.key, "seed \(seed), step \(step)")
            #expect(found?.deadline == due?.value, "seed \(seed), step \(step)")
        }
    }
}
