// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// Makes numbers, and closes and checks nothing.
private final class NumberFactory: ConnectionFactory {
    let made = Tally()

    func create() async -> Int { made.add() }

    func isHealthy(_ connection: Int) async -> Bool { true }

    func close(_ connection: Int) async {}
}

@Suite("Connection pool: many callers at once", .timeLimit(.minutes(5)))
struct ConnectionPoolConcurrencyTests {
    private let clock = ManualClock()
    private let factory = NumberFactory()

    private func makePool(_ size: Int) -> ConnectionPool<NumberFactory> {
        ConnectionPool(
            factory,
            configuration: .init(maxSize: size, minIdle: 0),
            time: clock.timeSource,
            randomSeed: 1
        )
    }

    @Test("of a hundred tasks exactly as many lease as there are connections, the others wait", arguments: [1, 7])
    func leased(size: Int) async {
        let pool = makePool(size)
        let gate = Gate()
        let leased = Tally()
        await withTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    _ = try? await pool.withConnection { _ in
                        leased.add()
                        await gate.wait()
                    }
                }
            }
            while leased.count < size || pool.statistics.waiting < 100 - size { await Task.yield() }
            #expect(leased.count == size)
            #expect(pool.statistics.active == size)
            gate.open()
        }
        #expect(leased.count == 100)
        #expect(pool.statistics.active == 0)
        #expect(pool.statistics.created <= UInt64(size))
    }

    @Test("100,000 cancelled waits leave every connection usable and nobody in the queue")
    func cancelled() async throws {
        let pool = makePool(1)
        let held = try await pool.acquire()
        await callCancelled(100_000) { try? await pool.acquire().release() }
        #expect(pool.statistics.waiting == 0)
        #expect(pool.statistics.active == 1)
        held.release()
        try await pool.acquire().release()
        #expect(factory.made.count == 1)
        #expect(clock.sleeperCount == 0)
    }

    @Test("10,000 calls that are cancelled at any moment, never share a connection and lose none")
    func shared() async throws {
        let pool = makePool(4)
        let inUse = (0...4).map { _ in Tally() }
        let collisions = Tally()
        await callCancelled(10_000) {
            _ = try? await pool.withConnection { connection in
                if inUse[connection].add() != 1 { collisions.add() }
                await Task.yield()
                inUse[connection].add(-1)
            }
        }
        while pool.statistics.pending > 0 { await Task.yield() }
        #expect(collisions.count == 0)
        #expect(pool.statistics.active == 0)
        #expect(pool.statistics.waiting == 0)
        #expect(pool.statistics.idle == factory.made.count)
    }
}
