// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// A factory whose every step can be held up.
private final class HeldFactory: ConnectionFactory {
    let creating = Tally()
    let checking = Tally()
    let createGate: Gate
    let checkGate = Gate()

    init(_ createGate: Gate) {
        self.createGate = createGate
    }

    func create() async -> Int {
        let number = creating.add()
        await createGate.wait()
        return number
    }

    func isHealthy(_ connection: Int) async -> Bool {
        checking.add()
        await checkGate.wait()
        return true
    }

    func close(_ connection: Int) async {}
}

/// Cancels every asynchronous call at each of its suspension points: slots, waiters and leases come back.
@Suite("Cancellation at every wait", .timeLimit(.minutes(1)))
struct CancellationTests {
    private let clock = ManualClock()
    private var time: TimeSource { clock.timeSource }

    /// Hangs until it is cancelled.
    private func hang(_ started: Tally) -> @Sendable () async throws(CancellationError) -> Int {
        let time = time
        return { () async throws(CancellationError) -> Int in
            started.add()
            try await time.sleep(until: .seconds(1_000_000))
            return 0
        }
    }

    @Test("a bulkhead: waiting for a place, with and without a key")
    func bulkheadWait() async throws {
        let bulkhead = Bulkhead(.init(maxConcurrent: 1, maxQueue: 1), time: time)
        let perKey = PerKeyBulkhead<Int>(.init(maxConcurrent: 1, maxQueue: 1), time: time)
        let held = try bulkhead.tryAcquire()
        let heldOfKey = try perKey.tryAcquire(1)
        let rejections = await [
            cancelling(when: { bulkhead.statistics.queued == 1 }) {
                await rejection { () async throws(BulkheadRejection) in try await bulkhead.acquire().release() }
            },
            cancelling(when: { perKey.statistics(of: 1)?.queued == 1 }) {
                await rejection { () async throws(BulkheadRejection) in try await perKey.acquire(1).release() }
            },
        ]
        #expect(rejections == [.cancelled, .cancelled])
        #expect(bulkhead.statistics.queued == 0)
        #expect(perKey.statistics(of: 1)?.queued == 0)
        held.release()
        heldOfKey.release()
        try await bulkhead.run {}
        try await perKey.run(1) {}
    }

    @Test("a bulkhead: in the operation, with and without a key")
    func bulkheadOperation() async {
        let bulkhead = Bulkhead(.init(maxConcurrent: 1, maxQueue: 0), time: time)
        let perKey = PerKeyBulkhead<Int>(.init(maxConcurrent: 1, maxQueue: 0), time: time)
        let started = Tally()
        let operation = hang(started)
        _ = await cancelling(when: { started.count == 1 }) { _ = try? await bulkhead.run(operation) }
        _ = await cancelling(when: { started.count == 2 }) { _ = try? await perKey.run(1, operation) }
        #expect(bulkhead.statistics.active == 0)
        #expect(perKey.statistics(of: 1)?.active == 0)
    }

    @Test("a breaker: in the trial call of a half-open round")
    func breaker() async {
        let script = BreakerScript(.consecutive(1)).play("F +5000 =halfOpen")
        let breaker = script.breaker
        let started = Tally()
        let operation = hang(started)
        await cancelling(when: { started.count == 1 }) { _ = try? await breaker.run(operation) }
        #expect(script.snapshot.inFlight == 0)
        #expect(script.snapshot.totals.cancelled == 1)
        script.play("=halfOpen S =closed")
    }

    @Test("a pool: waiting for a connection to be made, to be checked, or to come back", arguments: 0..<3)
    func pool(point: Int) async throws {
        let gate = Gate()
        if point > 0 { gate.open() }
        let factory = HeldFactory(gate)
        let pool = ConnectionPool(factory, configuration: .init(maxSize: 1, minIdle: 0), time: time, randomSeed: 1)
        var held: HeldLease?
        if point == 1 {
            try await pool.acquire().release()
            clock.advance(by: .seconds(1))
        } else if point == 2 {
            held = HeldLease(try await pool.acquire())
        }
        let checks = point == 1 ? 1 : 0
        let isCancelled = await cancelling(when: { pool.statistics.waiting == 1 && factory.checking.count == checks }) {
            () async -> Bool in
            do throws(ConnectionPoolError) {
                try await pool.acquire().release()
                return false
            } catch {
                guard case .cancelled = error else { return false }
                return true
            }
        }
        #expect(isCancelled)
        #expect(pool.statistics.waiting == 0)
        held?.release()
        gate.open()
        factory.checkGate.open()
        #expect(try await pool.withConnection { $0 } == 1)
        #expect(pool.statistics.active == 0)
        #expect(factory.creating.count == 1)
    }

    @Test("a pool: in the operation with a connection")
    func poolOperation() async {
        let gate = Gate()
        gate.open()
        let pool = ConnectionPool(HeldFactory(gate), configuration: .init(maxSize: 1, minIdle: 0), time: time)
        let started = Tally()
        let operation = hang(started)
        await cancelling(when: { started.count == 1 }) {
            _ = try? await pool.withConnection { _ in try await operation() }
        }
        #expect(pool.statistics.active == 0)
        #expect(pool.statistics.idle == 1)
    }

    @Test("a limiter: waiting for permits, with and without a key")
    func limiter() async {
        let limiter = RateLimiter(.perSecond(1), time: time)
        let keyed = KeyedRateLimiter<Int>(.perSecond(1), time: time)
        _ = (limiter.tryAcquire(), keyed.tryAcquire(1))
        let isAsleep = { clock.sleeperCount == 1 }
        await cancelling(when: isAsleep) { try? await limiter.acquire(within: .seconds(9)) }
        await cancelling(when: isAsleep) { try? await keyed.acquire(1, within: .seconds(9)) }
        #expect(limiter.tryAcquire() == .limited(retryAfter: .seconds(1)))
        #expect(keyed.tryAcquire(1) == .limited(retryAfter: .seconds(1)))
        #expect(clock.sleeperCount == 0)
    }

    @Test("a retry: in the operation behind a breaker, and between two attempts")
    func retry() async {
        let retry = Retry(.init(initialBackoff: .seconds(1)), time: time)
        let breaker = CircuitBreaker(name: "db", clock: clock)
        let started = Tally()
        let operation = hang(started)
        let reasons = await [
            cancelling(when: { started.count == 1 }) {
                await stopReason { () async throws(RetryError<CancellationError>) in
                    _ = try await retry.run(through: breaker) { (_) async throws(CancellationError) in
                        try await operation()
                    }
                }
            },
            cancelling(when: { clock.sleeperCount == 1 }) {
                await stopReason { () async throws(RetryError<ScriptedFailure>) in
                    try await retry.run(through: breaker) { (_) async throws(ScriptedFailure) in
                        throw ScriptedFailure("no")
                    }
                }
            },
        ]
        #expect(reasons == [.cancelled, .cancelled])
        #expect(breaker.snapshot.inFlight == 0)
        #expect(breaker.snapshot.totals.cancelled == 1)
        #expect(breaker.snapshot.totals.failed == 1)
        #expect(clock.sleeperCount == 0)
    }

    @Test("a time limit: in an operation that is waited for, and in one that is left behind")
    func timeout() async {
        let started = Tally()
        let operation = hang(started)
        let counter = AbandonedOperations()
        let time = time
        let errors = await [
            cancelling(when: { clock.sleeperCount == 2 }) {
                await timeoutError { () async throws(TimeoutError<CancellationError>) in
                    try await withTimeout(.seconds(9), time: time, operation)
                }
            },
            cancelling(when: { clock.sleeperCount == 2 }) {
                await timeoutError { () async throws(TimeoutError<CancellationError>) in
                    try await withTimeout(.seconds(9), mode: .abandon(counter: counter), time: time, operation)
                }
            },
        ]
        #expect(errors == ["operation", "cancelled"])
        while counter.inFlight > 0 { await Task.yield() }
        #expect(counter.total == 1)
        #expect(clock.sleeperCount == 0)
    }

    @Test("a fallback: in the call and in a step, without an answer from a later step for the first")
    func fallback() async {
        let started = Tally()
        let operation = hang(started)
        let calls = Fallback<Int>([.call(named: "replica", within: .seconds(9)) { try await operation() }], time: time)
        let values = Fallback<Int>([.value(1)], time: time)
        let answers = await [
            cancelling(when: { started.count == 1 }) { try? await values.run(key: "k", operation).value },
            cancelling(when: { clock.sleeperCount == 2 }) {
                try? await calls.run(key: "k") { () async throws(ScriptedFailure) -> Int in
                    throw ScriptedFailure("no")
                }.value
            },
        ]
        #expect(answers == [nil, nil])
        #expect(clock.sleeperCount == 0)
    }

    @Test("a credential: waiting for a refresh, which goes on")
    func credential() async throws {
        let gate = Gate()
        let fetches = Tally()
        let refresher = CredentialRefresher<Int>(time: time) { _ in
            fetches.add()
            await gate.wait()
            return (7, .seconds(100))
        }
        // The one who waits, and the time limit of the refresh.
        let answer = await cancelling(when: { clock.sleeperCount == 2 }) { try? await refresher.credential() }
        #expect(answer == nil)
        gate.open()
        #expect(try await refresher.credential() == 7)
        #expect(fetches.count == 1)
    }

    @Test("chaos: in an injected delay, which only ends early")
    func chaos() async {
        let chaos = Chaos(time: time, seed: 1)
        chaos.start(.init(latencyRate: 1, latency: .seconds(5) ... .seconds(5)), for: .seconds(60))
        let value = await cancelling(when: { clock.sleeperCount == 1 }) { try? await chaos.run { Task.isCancelled } }
        #expect(value == true)
        #expect(clock.sleeperCount == 0)
    }

    /// Where a pipeline is when it is cancelled.
    enum Stage: CaseIterable {
        case limiter, bulkhead, chaosDelay, attempt, backoff
    }

    @Test("a pipeline: at each of its waits", arguments: Stage.allCases)
    func pipeline(stage: Stage) async throws {
        let limiter = RateLimiter(.perSecond(1), time: time)
        let bulkhead = Bulkhead(.init(maxConcurrent: 1, maxQueue: 1), time: time)
        let breaker = CircuitBreaker(name: "db", configuration: .consecutive(9), clock: clock)
        let chaos = Chaos(time: time, seed: 1)
        let pipeline = Pipeline(time: time).deadline(.seconds(100)).limited(by: limiter, waitingUpTo: .seconds(9))
            .inside(bulkhead).retried(by: Retry(.init(initialBackoff: .seconds(1)), time: time)).guarded(by: breaker)
            .attemptTimeout(.seconds(9)).disturbed(by: chaos)
        if stage == .limiter { _ = limiter.tryAcquire() }
        let held = stage == .bulkhead ? BulkheadPermitBox(try bulkhead.tryAcquire()) : nil
        if stage == .chaosDelay {
            chaos.start(.init(latencyRate: 1, latency: .seconds(5) ... .seconds(5)), for: .seconds(60))
        }
        let started = Tally()
        let operation = hang(started)
        let sleepers = [.attempt, .chaosDelay].contains(stage) ? 2 : 1
        let failures = stage == .backoff ? 1 : 0
        await cancelling(when: { clock.sleeperCount == sleepers && breaker.snapshot.totals.failed == failures }) {
            try? await pipeline.run { () async throws in
                if stage == .backoff { throw ScriptedFailure("no") }
                _ = try await operation()
            }
        }
        #expect(clock.sleeperCount == 0)
        #expect(breaker.snapshot.inFlight == 0)
        #expect(bulkhead.statistics.queued == 0)
        #expect(bulkhead.statistics.active == (held == nil ? 0 : 1))
        #expect(breaker.snapshot.totals.failed == failures)
        #expect(limiter.tryAcquire() == .limited(retryAfter: .seconds(1)))
    }

    @Test("events: a reader that waits for the next one")
    func events() async {
        let breaker = CircuitBreaker(name: "db", clock: clock)
        let events = breaker.events()
        let isReading = Tally()
        let count = await cancelling(when: { isReading.count == 1 }) {
            isReading.add()
            return await events.reduce(0) { count, _ in count + 1 }
        }
        #expect(count == 0)
        breaker.trip(reason: "test")
        #expect(breaker.state == .open)
    }

    @Test("alerts: while a handler is at work, and while there is nothing to deliver", arguments: [true, false])
    func alerts(isAtWork: Bool) async {
        let handler = SlowHandler(clock: clock)
        let alerts = AlertManager(handlers: [handler])
        if isAtWork { alerts.raise(type: "test", endpoint: "db", severity: .info, message: "m") }
        let isRunning = Tally()
        await cancelling(when: { isRunning.count == 1 && clock.sleeperCount == (isAtWork ? 1 : 0) }) {
            isRunning.add()
            await alerts.run()
        }
        #expect(clock.sleeperCount == 0)
        #expect(alerts.failedDeliveries == [isAtWork ? 1 : 0])
    }

    @Test("persistence: while it waits for events, and while it saves", arguments: [true, false])
    func persistence(isSaving: Bool) async {
        let manager = CircuitBreakerManager(clock: clock)
        let store = SlowStore(clock: clock)
        let persistence = CircuitBreakerPersistence(manager: manager, store: store)
        if isSaving { manager.breaker(for: "db").trip(reason: "test") }
        let isRunning = Tally()
        await cancelling(when: { isRunning.count == 1 && clock.sleeperCount == (isSaving ? 1 : 0) }) {
            isRunning.add()
            await persistence.run()
        }
        #expect(clock.sleeperCount == 0)
        #expect(persistence.failureCount == (isSaving ? 1 : 0))
    }
}

private struct SlowHandler: AlertHandler {
    let clock: ManualClock

    func handle(_ alert: Alert) async throws { try await clock.sleep(for: .seconds(9)) }
}

private struct SlowStore: CircuitBreakerStore {
    let clock: ManualClock

    func save(_ record: CircuitBreakerRecord) async throws { try await clock.sleep(for: .seconds(9)) }
    func load() async throws -> [CircuitBreakerRecord] { [] }
    func remove(_ name: String) async throws {}
}

/// Keeps a lease until it is released.
private final class HeldLease {
    private var lease: ConnectionPool<HeldFactory>.Lease?

    init(_ lease: consuming ConnectionPool<HeldFactory>.Lease) {
        self.lease = consume lease
    }

    func release() {
        lease.take()?.release()
    }
}

private func rejection(_ body: () async throws(BulkheadRejection) -> Void) async -> BulkheadRejection? {
    do throws(BulkheadRejection) {
        try await body()
        return nil
    } catch {
        return error
    }
}

private func stopReason<Failure: Error>(
    _ body: () async throws(RetryError<Failure>) -> Void
) async -> RetryStopReason? {
    do throws(RetryError<Failure>) {
        try await body()
        return nil
    } catch {
        return error.reason
    }
}

private func timeoutError(_ body: () async throws(TimeoutError<CancellationError>) -> Int) async -> String {
    do throws(TimeoutError<CancellationError>) {
        return "\(try await body())"
    } catch {
        switch error {
        case .timedOut: return "timed out"
        case .cancelled: return "cancelled"
        case .operation: return "operation"
        }
    }
}
