// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Bulkhead: many callers at once", .timeLimit(.minutes(5)))
struct BulkheadConcurrencyTests {
    private let clock = ManualClock()

    @Test("of a hundred tasks exactly as many are admitted as there are places", arguments: [1, 7])
    func admitted(places: Int) async {
        let bulkhead = Bulkhead(.init(maxConcurrent: places, maxQueue: 0), time: clock.timeSource)
        let held = Recorder<BulkheadPermitBox>()
        await withTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    if let box = try? BulkheadPermitBox(bulkhead.tryAcquire()) { held.append(box) }
                }
            }
        }
        #expect(held.values.count == places)
        #expect(bulkhead.statistics.active == places)
        #expect(bulkhead.statistics.rejected == UInt64(100 - places))
    }

    @Test("of a hundred tasks for each of three keys exactly as many are admitted as each has places")
    func admittedPerKey() async {
        let bulkhead = PerKeyBulkhead<Int>(.init(maxConcurrent: 2, maxQueue: 0), time: clock.timeSource)
        let held = Recorder<BulkheadPermitBox>()
        await withTaskGroup { group in
            for number in 0..<300 {
                group.addTask {
                    if let box = try? BulkheadPermitBox(bulkhead.tryAcquire(number % 3)) { held.append(box) }
                }
            }
        }
        #expect(held.values.count == 6)
        #expect(bulkhead.allStatistics.mapValues(\.active) == [0: 2, 1: 2, 2: 2])
    }

    @Test("100,000 cancelled waits leave queue and places intact")
    func cancelled() async throws {
        let bulkhead = Bulkhead(.init(maxConcurrent: 2, maxQueue: 100), time: clock.timeSource)
        let held = try (0..<2).map { _ in BulkheadPermitBox(try bulkhead.tryAcquire()) }
        await callCancelled(100_000) { try? await bulkhead.acquire().release() }
        #expect(bulkhead.statistics.queued == 0)
        #expect(bulkhead.statistics.cancelled == 100_000)
        #expect(bulkhead.statistics.active == 2)
        withExtendedLifetime(held) {}
        #expect(clock.sleeperCount == 0)
    }

    @Test("100,000 cancelled waits for keys leave their queues and places intact")
    func cancelledPerKey() async throws {
        let bulkhead = PerKeyBulkhead<Int>(.init(maxConcurrent: 1, maxQueue: 100), capacity: 4, time: clock.timeSource)
        let held = try (0..<4).map { BulkheadPermitBox(try bulkhead.tryAcquire($0)) }
        let calls = Tally()
        await callCancelled(100_000) {
            try? await bulkhead.acquire(calls.add() % 4).release()
        }
        #expect(bulkhead.allStatistics.values.allSatisfy { $0.queued == 0 && $0.active == 1 })
        #expect(bulkhead.allStatistics.values.reduce(0) { $0 + $1.cancelled } == 100_000)
        withExtendedLifetime(held) {}
    }

    @Test("reading the statistics of all keys makes no key look busy")
    func statisticsMeanwhile() async {
        let bulkhead = PerKeyBulkhead<Int>(.init(maxConcurrent: 1, maxQueue: 0), capacity: 32, time: clock.timeSource)
        let rejections = await withTaskGroup(of: Int.self) { group in
            let reader = Task.detached {
                while !Task.isCancelled { _ = bulkhead.allStatistics }
            }
            group.addTask {
                (0..<20_000).count { (try? BulkheadPermitBox(bulkhead.tryAcquire($0))) == nil }
            }
            let rejections = await group.next() ?? 0
            reader.cancel()
            await reader.value
            return rejections
        }
        #expect(rejections == 0)
    }
}
