// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import StateStore

@Suite("StateBatch")
struct StateBatchTests {
    @Test("while nothing takes them, the newest verdict of each target stays, and few others")
    func heard() {
        var batch = StateBatch()
        let names = (0..<700).map { target("t\($0)") }
        var most = 0
        for round in 1...100 as ClosedRange<UInt64> {
            var next = StateBatch()
            next.heard = names.map { .init($0, instant: stamp(Double(round)).instant, sequence: round) }
            batch.merge(next)
            most = max(most, batch.heard.count)
        }
        #expect(most <= 2 * names.count)
        let newest = Dictionary(batch.heard.map { ($0.name, $0.sequence) }) { $1 }
        #expect(newest == Dictionary(uniqueKeysWithValues: names.map { ($0, 100) }))
    }

    @Test("of a single minute as much stays as of many, and the number of what goes is told")
    func minute() {
        var batch = StateBatch()
        var dropped = 0
        for round in 0..<26 {
            var next = StateBatch()
            next.minutes[7] = (0..<10_000).map { _ in .init(target("t\(round)"), rollup(1)) }
            dropped += batch.merge(next)
        }
        #expect(dropped == 10_000)
        #expect(batch.minutes[7]?.count == StateBatch.maximumRollups)
        #expect(batch.minutes[7]?.first?.name == target("t1"), "the oldest have gone")
    }
}
