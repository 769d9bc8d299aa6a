// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOEmbedded
import Testing

@testable import HealthServer

@Suite("SnapshotDisposal")
struct SnapshotDisposalTests {
    private let loop = EmbeddedEventLoop()

    /// How many targets wait after each of so many milliseconds.
    private func waiting(_ disposal: SnapshotDisposal, milliseconds: Int) -> [Int] {
        (0..<milliseconds).map { _ in
            loop.advanceTime(by: .milliseconds(1))
            return disposal.count
        }
    }

    private func snapshot(targets: Int, sequence: UInt64 = 1) -> HealthSnapshot {
        let clock = StillClock()
        let target = Snapshots.target("db", .healthy, clock: clock)
        let targets = Array(repeating: target, count: targets)
        return Snapshots.snapshot(.healthy, targets, sequence: sequence, clock: clock)
    }

    /// One that shows other targets.
    private var successor: HealthSnapshot { snapshot(targets: 1, sequence: 9) }

    @Test("a large snapshot is freed bit by bit, within a third of a second")
    func large() {
        let disposal = SnapshotDisposal(eventLoop: loop)
        disposal.free(snapshot(targets: 50_000), replacedBy: successor)
        #expect(disposal.count == 50_000)
        let counts = waiting(disposal, milliseconds: 333)
        #expect(counts.first == 49_500)
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 - $1 <= 500 })
        #expect(counts.last == 0)
    }

    @Test("one that follows soon is freed along with it")
    func several() {
        let disposal = SnapshotDisposal(eventLoop: loop)
        disposal.free(snapshot(targets: 200), replacedBy: successor)
        disposal.free(snapshot(targets: 100), replacedBy: successor)
        #expect(waiting(disposal, milliseconds: 6) == [236, 172, 108, 44, 0, 0])
    }

    @Test("a small one is freed at once")
    func small() {
        let disposal = SnapshotDisposal(eventLoop: loop)
        disposal.free(snapshot(targets: SnapshotDisposal.fewest), replacedBy: successor)
        #expect(disposal.count == 0)
    }

    @Test("nothing is freed of one whose successor shows the same targets")
    func shared() {
        let disposal = SnapshotDisposal(eventLoop: loop)
        let first = snapshot(targets: 200)
        var second = first
        second.sequence = 2
        disposal.free(first, replacedBy: second)
        #expect(disposal.count == 0)
        disposal.free(second, replacedBy: successor)
        #expect(disposal.count == 200)
    }
}
