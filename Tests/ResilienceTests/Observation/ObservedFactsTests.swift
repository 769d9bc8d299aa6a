// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// Notes every fact in a line of its own.
private struct Chronicle: ResilienceObserver {
    let lines = Recorder<String>()

    func circuitBreaker(_ name: String, didBeginAs state: CircuitBreakerState) {
        lines.append("\(name) begins as \(state.text)")
    }

    func circuitBreakerDidChange(_ event: CircuitBreakerEvent) {
        lines.append("\(event.name) \(event.from.text) to \(event.to.text)")
    }

    func circuitBreakerWasForgotten(_ name: String) { lines.append("\(name) forgotten") }
    func bulkheadDidQueue(_ name: String) { lines.append("\(name) queued") }
    func bulkheadDidUnqueue(_ name: String) { lines.append("\(name) unqueued") }

    func bulkhead(_ name: String, didAdmitAfter wait: Duration) { lines.append("\(name) admitted after \(wait)") }
    func bulkhead(_ name: String, didReject rejection: BulkheadRejection) { lines.append("\(name): \(rejection)") }
    func bulkheadDidRelease(_ name: String) { lines.append("\(name) released") }
    func retry(_ name: String, willRetryAfter wait: Duration) { lines.append("\(name) again after \(wait)") }

    func retry(_ name: String, didEndAfter attempts: Int, _ reason: RetryStopReason?) {
        lines.append("\(name) ended after \(attempts), \(reason.map { "\($0)" } ?? "success")")
    }

    func rateLimiter(_ name: String, didAllowAfter wait: Duration) { lines.append("\(name) allowed after \(wait)") }
    func rateLimiter(_ name: String, didReject rejection: RateLimitRejection) { lines.append("\(name): \(rejection)") }
    func connectionPool(_ name: String, didLeaseAfter wait: Duration) { lines.append("\(name) leased after \(wait)") }
    func connectionPool(_ name: String, didRefuse error: ConnectionPoolError) { lines.append("\(name): \(error)") }
    func connectionPoolDidTakeBack(_ name: String) { lines.append("\(name) taken back") }
    func connectionPoolDidOpen(_ name: String) { lines.append("\(name) opened") }
    func connectionPool(_ name: String, didFailToOpen cause: FailureCause) { lines.append("\(name) failed: \(cause)") }
    func connectionPoolDidClose(_ name: String) { lines.append("\(name) closed") }
    func fallback(_ name: String, didAnswerFrom source: FallbackSource) { lines.append("\(name) from \(source)") }
    func fallbackDidFail(_ name: String) { lines.append("\(name) failed") }
    func chaos(_ name: String, didInject fault: InjectedFault) { lines.append("\(name) \(fault)") }
}

/// Makes numbers, after failing so often.
private struct Factory: ConnectionFactory {
    let failures: Int
    let calls = Tally()

    func create() async throws -> Int {
        if calls.add() <= failures { throw ScriptedFailure("refused") }
        return calls.count
    }

    func isHealthy(_ connection: Int) async -> Bool { true }
    func close(_ connection: Int) async {}
}

@Suite("Observed facts", .timeLimit(.minutes(1)))
struct ObservedFactsTests {
    private let clock = ManualClock()
    private let chronicle = Chronicle()

    private var lines: [String] { chronicle.lines.values }

    @Test("a breaker tells its first state and each transition once, also the one that the clock makes")
    func transitions() {
        let breaker = CircuitBreaker(
            name: "db",
            configuration: .consecutive(1),
            time: clock.timeSource,
            observer: chronicle
        )
        _ = try? breaker.run { throw ScriptedFailure("refused") }
        clock.advance(by: .seconds(5))
        _ = breaker.state
        breaker.reset()
        #expect(
            lines == [
                "db begins as closed", "db closed to open", "db open to half-open", "db half-open to closed",
            ]
        )
    }

    @Test("a breaker that is switched off begins as disabled", arguments: [true, false])
    func firstState(isEnabled: Bool) {
        var configuration = CircuitBreakerConfiguration.consecutive(1)
        configuration.isEnabled = isEnabled
        _ = CircuitBreaker(
            name: "db",
            configuration: configuration,
            initialState: .forcedOpen,
            time: clock.timeSource,
            observer: chronicle
        )
        #expect(lines == ["db begins as \(isEnabled ? "forced open" : "disabled")"])
    }

    @Test("a manager tells of transitions, and of breakers that were removed or made room")
    func manager() {
        let manager = CircuitBreakerManager(
            configuration: .consecutive(1),
            capacity: 2,
            time: clock.timeSource,
            observer: chronicle
        )
        for name in ["a", "b", "c"] { _ = manager.breaker(for: name) }
        #expect(lines.dropFirst(2) == ["c begins as closed", "a forgotten"])
        manager.remove("a")
        manager.remove("c")
        #expect(lines.dropFirst(4) == ["c forgotten"])
        manager.breaker(for: "b").forceOpen(reason: "upgrade")
        #expect(lines.last == "b closed to forced open")
    }

    @Test("an observer that calls the breaker back does not deadlock")
    func reentrance() {
        struct Caller: ResilienceObserver {
            let manager: Recorder<CircuitBreakerManager>
            let states = Recorder<CircuitBreakerState>()

            func circuitBreakerDidChange(_ event: CircuitBreakerEvent) {
                for manager in manager.values { states.append(manager.breaker(for: event.name).state) }
            }

            func circuitBreakerWasForgotten(_ name: String) {
                for manager in manager.values { _ = manager.names }
            }
        }
        let caller = Caller(manager: Recorder())
        let manager = CircuitBreakerManager(
            configuration: .consecutive(1),
            capacity: 1,
            time: clock.timeSource,
            observer: caller
        )
        caller.manager.append(manager)
        manager.breaker(for: "a").forceOpen(reason: "upgrade")
        manager.breaker(for: "a").reset()
        _ = manager.breaker(for: "b")
        manager.remove("b")
        #expect(caller.states.values == [.forcedOpen, .closed])
    }

    @Test("a bulkhead tells who waits, who got a place, who was turned away and who gave it back")
    func bulkhead() async throws {
        let bulkhead = Bulkhead(
            .init(maxConcurrent: 1, maxQueue: 1, queueTimeout: .seconds(3)),
            name: "reports",
            time: clock.timeSource,
            observer: chronicle
        )
        let held = try bulkhead.tryAcquire()
        let waiting = Task { try await bulkhead.acquire().release() }
        await clock.waitForSleepers(1)
        #expect(throws: BulkheadRejection.full) { _ = try bulkhead.tryAcquire() }
        clock.advance(by: .seconds(2))
        held.release()
        try await waiting.value
        #expect(
            lines == [
                "reports admitted after 0.0 seconds", "reports queued",
                "reports: the bulkhead and its queue are full", "reports released", "reports unqueued",
                "reports admitted after 2.0 seconds", "reports released",
            ]
        )
    }

    @Test("a wait that ends without a place is told as ended before the rejection", arguments: [true, false])
    func bulkheadGivesUp(isCancelled: Bool) async throws {
        let bulkhead = Bulkhead(
            .init(maxConcurrent: 1, maxQueue: 1, queueTimeout: .seconds(3)),
            name: "reports",
            time: clock.timeSource,
            observer: chronicle
        )
        let held = try bulkhead.tryAcquire()
        let waiting = Task { try await bulkhead.acquire().release() }
        await clock.waitForSleepers(1)
        if isCancelled { waiting.cancel() } else { clock.advance(by: .seconds(3)) }
        await #expect(throws: BulkheadRejection.self) { try await waiting.value }
        #expect(
            lines.dropFirst() == [
                "reports queued", "reports unqueued",
                isCancelled
                    ? "reports: cancelled while waiting for a place in the bulkhead"
                    : "reports: no place in the bulkhead within 3 s",
            ]
        )
        held.release()
    }

    @Test("bulkheads of many keys are told under one name")
    func perKeyBulkhead() throws {
        let bulkheads = PerKeyBulkhead<String>(
            .init(maxConcurrent: 1, maxQueue: 0),
            capacity: 2,
            name: "users",
            time: clock.timeSource,
            observer: chronicle
        )
        let alice = try bulkheads.tryAcquire("alice")
        let bob = try bulkheads.tryAcquire("bob")
        #expect(throws: BulkheadRejection.full) { _ = try bulkheads.tryAcquire("carol") }
        alice.release()
        bob.release()
        #expect(
            lines == [
                "users admitted after 0.0 seconds", "users admitted after 0.0 seconds",
                "users: the bulkhead and its queue are full", "users released", "users released",
            ]
        )
    }

    @Test("a retry tells each wait, and once how the call ended")
    func retry() async throws {
        let configuration = RetryConfiguration(maxAttempts: 3, initialBackoff: .zero, jitter: .none)
        let retry = Retry(configuration, name: "stock", time: clock.timeSource, observer: chronicle)
        _ = try? await retry.run { _ in throw ScriptedFailure("refused") }
        try await retry.run { attempt in
            if attempt == 1 { throw ScriptedFailure("refused") }
        }
        #expect(
            lines == [
                "stock again after 0.0 seconds", "stock again after 0.0 seconds", "stock ended after 3, exhausted",
                "stock again after 0.0 seconds", "stock ended after 2, success",
            ]
        )
    }

    @Test("a rate limiter tells what it allowed, after which wait, and what it refused")
    func rateLimiter() async throws {
        let limiter = RateLimiter(
            .init(1, per: .seconds(1), burst: 1),
            name: "api",
            time: clock.timeSource,
            observer: chronicle
        )
        #expect(limiter.tryAcquire().isAllowed)
        #expect(!limiter.tryAcquire().isAllowed)
        let waiting = Task { try await limiter.acquire(within: .seconds(5)) }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(1))
        try await waiting.value
        await #expect(throws: RateLimitRejection.exceeded(retryAfter: .seconds(1))) {
            try await limiter.acquire(within: .zero)
        }
        #expect(
            lines == [
                "api allowed after 0.0 seconds", "api: the rate limit is exceeded for another 1 s",
                "api allowed after 1.0 seconds", "api: the rate limit is exceeded for another 1 s",
            ]
        )
    }

    @Test("a limiter with keys tells under one name, and a wait called off is a rejection")
    func keyedRateLimiter() async throws {
        let limiter = KeyedRateLimiter<String>(
            .init(1, per: .seconds(1), burst: 1),
            name: "clients",
            time: clock.timeSource,
            observer: chronicle
        )
        #expect(limiter.tryAcquire("alice").isAllowed)
        try await limiter.acquire("bob", within: .zero)
        let waiting = Task { try await limiter.acquire("bob", within: .seconds(5)) }
        await clock.waitForSleepers(1)
        waiting.cancel()
        await #expect(throws: RateLimitRejection.cancelled) { try await waiting.value }
        #expect(
            lines == [
                "clients allowed after 0.0 seconds", "clients allowed after 0.0 seconds",
                "clients: cancelled while waiting for the rate limit",
            ]
        )
    }

    @Test("a pool tells of connections made and closed, of leases, returns and refusals")
    func connectionPool() async throws {
        let pool = ConnectionPool(
            Factory(failures: 1),
            configuration: .init(maxSize: 1, minIdle: 0, maxWaiting: 0),
            name: "db",
            time: clock.timeSource,
            observer: chronicle
        )
        await #expect(throws: ConnectionPoolError.self) { _ = try await pool.acquire() }
        #expect(lines.sorted() == ["db: too many callers wait for a connection"])
    }

    @Test("a pool tells how long a lease has waited, and of a connection that could not be made")
    func connectionPoolLeases() async throws {
        let pool = ConnectionPool(
            Factory(failures: 1),
            configuration: .init(maxSize: 1, minIdle: 0),
            name: "db",
            time: clock.timeSource,
            observer: chronicle
        )
        await #expect(throws: ConnectionPoolError.self) { _ = try await pool.acquire() }
        // The pool pauses before it tries again.
        let next = Task { try await pool.acquire().discard() }
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(1))
        try await next.value
        while lines.count < 6 { await Task.yield() }
        #expect(
            lines == [
                "db failed: refused", "db: a connection could not be made: refused", "db opened",
                "db leased after 1.0 seconds", "db taken back", "db closed",
            ]
        )
    }

    @Test("a fallback tells where an answer comes from, or that there is none")
    func fallback() async throws {
        let chain = Fallback<Int>([.value(7)], name: "stock", time: clock.timeSource, observer: chronicle)
        _ = try await chain.run(key: "a") { 1 }
        _ = try await chain.run(key: "a") { () throws(ScriptedFailure) in throw ScriptedFailure("refused") }
        let none = Fallback<Int>([], name: "price", time: clock.timeSource, observer: chronicle)
        _ = try? await none.run(key: "a") { () throws(ScriptedFailure) in throw ScriptedFailure("refused") }
        #expect(lines == ["stock from operation", "stock from value", "price failed"])
    }

    @Test("every injected fault is told")
    func chaos() async {
        let chaos = Chaos(
            limits: .init(maximumFailureRate: 1),
            name: "drill",
            time: clock.timeSource,
            seed: 1,
            observer: chronicle
        )
        chaos.start(.init(failureRate: 1), for: .seconds(60))
        _ = try? await chaos.run {}
        chaos.stop()
        _ = try? await chaos.run {}
        #expect(lines == ["drill failure"])
    }
}
