// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

@Suite("Bulkhead")
struct BulkheadTests {
    private let clock = ManualClock()

    private func makeBulkhead(_ concurrent: Int, queue: Int, timeout: Duration = .seconds(5)) -> Bulkhead {
        Bulkhead(
            .init(maxConcurrent: concurrent, maxQueue: queue, queueTimeout: timeout),
            time: clock.timeSource
        )
    }

    @Test(
        "a full bulkhead without a queue rejects at once, and a place given back is free again (row B1)",
        .timeLimit(.minutes(1))
    )
    func rejects() async throws {
        let bulkhead = makeBulkhead(2, queue: 0)
        let first = try await bulkhead.acquire()
        let second = try bulkhead.tryAcquire()
        await #expect(throws: BulkheadRejection.full) { _ = try await bulkhead.acquire() }
        first.release()
        let third = try await bulkhead.acquire()
        #expect(bulkhead.statistics.active == 2)
        #expect(bulkhead.statistics.rejected == 1)
        #expect(bulkhead.statistics.total == 4)
        third.release()
        second.release()
        #expect(bulkhead.statistics.active == 0)
    }

    @Test("who waits is served in order of arrival (row B2, T12)", .timeLimit(.minutes(1)))
    func fifo() async throws {
        let bulkhead = makeBulkhead(1, queue: 10)
        let order = Recorder<Int>()
        let held = try await bulkhead.acquire()
        let tasks = await (0..<5).asyncMap { number in
            let task = Task {
                let permit = try await bulkhead.acquire()
                order.append(number)
                permit.release()
            }
            while bulkhead.statistics.queued <= number { await Task.yield() }
            return task
        }
        #expect(bulkhead.statistics.active == 1)
        held.release()
        for task in tasks { try await task.value }
        #expect(order.values == [0, 1, 2, 3, 4])
        #expect(bulkhead.statistics == BulkheadStatistics.idle(total: 6))
    }

    @Test("a caller that waits too long is turned away and leaves the queue", .timeLimit(.minutes(1)))
    func queueTimeout() async throws {
        let bulkhead = makeBulkhead(1, queue: 1, timeout: .seconds(1))
        let held = try await bulkhead.acquire()
        let waiting = Task { await bulkhead.refusal() }
        await clock.waitForSleepers(1)
        #expect(bulkhead.statistics.queued == 1)
        clock.advance(by: .seconds(1))
        #expect(await waiting.value == .timedOut(after: .seconds(1)))
        #expect(bulkhead.statistics.queued == 0)
        #expect(bulkhead.statistics.timeouts == 1)
        held.release()
        #expect(bulkhead.statistics.active == 0)
    }

    @Test("a nearer deadline shortens the wait", .timeLimit(.minutes(1)))
    func deadline() async throws {
        let bulkhead = makeBulkhead(1, queue: 1)
        let time = clock.timeSource
        let held = try await bulkhead.acquire()
        let waiting = Task {
            await withDeadline(.seconds(2), time: time) { await bulkhead.refusal() }
        }
        await clock.waitForSleepers(1)
        #expect(clock.nextDeadline?.offset == .seconds(2))
        clock.advanceToNextDeadline()
        #expect(await waiting.value == .timedOut(after: .seconds(2)))
        held.release()
    }

    @Test("a cancelled caller leaves the queue at once (T12)", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let bulkhead = makeBulkhead(1, queue: 1)
        let held = try await bulkhead.acquire()
        let waiting = Task { await bulkhead.refusal() }
        await clock.waitForSleepers(1)
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        #expect(bulkhead.statistics.queued == 0)
        #expect(bulkhead.statistics.cancelled == 1)
        held.release()
        let again = try bulkhead.tryAcquire()
        again.release()
    }

    @Test("an operation's error is passed on and its place is given back", .timeLimit(.minutes(1)))
    func run() async throws {
        let bulkhead = makeBulkhead(1, queue: 0)
        #expect(try await bulkhead.run { 7 } == 7)
        await #expect(throws: BulkheadError<ScriptedFailure>.operation(ScriptedFailure("no"))) {
            try await bulkhead.run { () async throws(ScriptedFailure) in throw ScriptedFailure("no") }
        }
        #expect(bulkhead.statistics.active == 0)
    }

    @Test("10,000 cancelled, timed-out and served waits leave every place usable", .timeLimit(.minutes(1)))
    func nothingIsLost() async throws {
        let bulkhead = Bulkhead(.init(maxConcurrent: 4, maxQueue: 100, queueTimeout: .milliseconds(1)))
        await withTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    for round in 0..<100 {
                        let task = Task {
                            let permit = try await bulkhead.acquire()
                            await Task.yield()
                            permit.release()
                        }
                        if (number + round).isMultiple(of: 3) { task.cancel() }
                        _ = await task.result
                    }
                }
            }
        }
        let statistics = bulkhead.statistics
        #expect(statistics.active == 0)
        #expect(statistics.queued == 0)
        #expect(statistics.total == 10_000)
        let permits = try (0..<4).map { _ in BulkheadPermitBox(try bulkhead.tryAcquire()) }
        #expect(throws: BulkheadRejection.full) { _ = try bulkhead.tryAcquire() }
        withExtendedLifetime(permits) {}
    }

    @Test("never more run at once than allowed (T12)", .timeLimit(.minutes(1)))
    func limit() async {
        let bulkhead = Bulkhead(.init(maxConcurrent: 3, maxQueue: 1_000, queueTimeout: .seconds(60)))
        let running = Tally()
        let worst = Recorder<Int>()
        await withTaskGroup { group in
            for _ in 0..<500 {
                group.addTask {
                    try? await bulkhead.run { () async in
                        worst.append(running.add())
                        await Task.yield()
                        running.add(-1)
                    }
                }
            }
        }
        #expect(worst.values.count == 500)
        #expect(worst.values.allSatisfy { $0 <= 3 })
    }

    @Test(
        "a setting out of its range is named with its value",
        arguments: [
            (BulkheadConfiguration(maxConcurrent: 0), "maxConcurrent: 0 is less than 1"),
            (.init(maxQueue: -1), "maxQueue: -1 is not in 0 to 1,000,000"),
            (.init(queueTimeout: .zero), "queueTimeout: 0.0 seconds is not longer than zero"),
        ]
    )
    func invalid(configuration: BulkheadConfiguration, message: String) {
        let error = #expect(throws: InvalidConfiguration.self) { try configuration.validate() }
        #expect(error?.description == message)
    }
}

@Suite("Bulkhead per key")
struct PerKeyBulkheadTests {
    private func makeBulkhead(capacity: Int = 100) -> PerKeyBulkhead<String> {
        PerKeyBulkhead(.init(maxConcurrent: 1, maxQueue: 0), capacity: capacity, time: ManualClock().timeSource)
    }

    @Test("one key does not crowd out another (row B4)")
    func separate() throws {
        let bulkhead = makeBulkhead()
        let first = try bulkhead.tryAcquire("u1")
        #expect(throws: BulkheadRejection.full) { _ = try bulkhead.tryAcquire("u1") }
        let second = try bulkhead.tryAcquire("u2")
        #expect(bulkhead.statistics(of: "u1")?.rejected == 1)
        #expect(bulkhead.allStatistics.mapValues(\.active) == ["u1": 1, "u2": 1])
        first.release()
        second.release()
    }

    @Test("a key removed while its permit is out starts afresh, and the old permit harms nothing (row B4)")
    func removed() throws {
        let bulkhead = makeBulkhead()
        let old = try bulkhead.tryAcquire("u1")
        #expect(bulkhead.remove("u1"))
        #expect(!bulkhead.remove("u1"))
        let new = try bulkhead.tryAcquire("u1")
        old.release()
        #expect(bulkhead.statistics(of: "u1")?.active == 1)
        #expect(throws: BulkheadRejection.full) { _ = try bulkhead.tryAcquire("u1") }
        new.release()
    }

    @Test("100,000 users leave no more keys than the capacity (row B4)")
    func bounded() throws {
        let bulkhead = makeBulkhead(capacity: 50)
        for number in 0..<100_000 {
            try bulkhead.tryAcquire("user \(number)").release()
        }
        #expect(bulkhead.count == 50)
    }

    @Test("a busy key is not forgotten, and a new one is rejected when all are busy")
    func busy() throws {
        let bulkhead = makeBulkhead(capacity: 1)
        let held = try bulkhead.tryAcquire("u1")
        #expect(throws: BulkheadRejection.full) { _ = try bulkhead.tryAcquire("u2") }
        held.release()
        try bulkhead.tryAcquire("u2").release()
        #expect(bulkhead.statistics(of: "u1") == nil)
    }
}

extension BulkheadStatistics {
    fileprivate static func idle(total: UInt64) -> BulkheadStatistics {
        var statistics = BulkheadStatistics()
        statistics.total = total
        return statistics
    }
}

extension Bulkhead {
    /// Why a place was refused; nil when it was granted (and given back at once).
    nonisolated(nonsending) fileprivate func refusal() async -> BulkheadRejection? {
        do throws(BulkheadRejection) {
            try await acquire().release()
            return nil
        } catch {
            return error
        }
    }
}
