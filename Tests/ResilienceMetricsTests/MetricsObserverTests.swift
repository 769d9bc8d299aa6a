// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience
import ResilienceMetrics
import ResilienceTestKit
import Testing

@Suite("Metrics observer", .timeLimit(.minutes(1)))
struct MetricsObserverTests {
    private let clock = ManualClock()
    private let factory = RecordingFactory()

    private func makeManager(
        _ observer: MetricsObserver,
        capacity: Int = 10
    ) -> CircuitBreakerManager {
        CircuitBreakerManager(
            configuration: .init(failureThreshold: 2, openDuration: .seconds(5)),
            capacity: capacity,
            time: clock.timeSource,
            observer: observer
        )
    }

    private func call(_ breaker: CircuitBreaker, fails: Bool, after duration: Duration = .zero) {
        guard case .admitted(let permit) = breaker.tryAcquire() else { return }
        clock.advance(by: duration)
        if fails { permit.fail("refused") } else { permit.succeed() }
    }

    @Test("3 successes, 2 failures and a rejection by the open breaker give every series its exact value")
    func breaker() {
        let breaker = makeManager(MetricsObserver(factory: factory)).breaker(for: "db")
        for _ in 0..<3 { call(breaker, fails: false, after: .milliseconds(250)) }
        for _ in 0..<2 { call(breaker, fails: true, after: .seconds(2)) }
        call(breaker, fails: false)
        #expect(
            factory.text == [
                "circuit_breaker_request_duration_seconds{name=db} [0.25 0.25 0.25 2.0 2.0]",
                "circuit_breaker_requests_failed{name=db} 2",
                "circuit_breaker_requests_rejected{name=db} 1",
                "circuit_breaker_requests_successful{name=db} 3",
                "circuit_breaker_requests_total{name=db} 6",
                "circuit_breaker_state_transitions{name=db,from=closed,to=open} 1",
                "circuit_breaker_state{name=db} 1",
            ]
        )
    }

    @Test("the series of a breaker exist before its first call and vanish when the manager removes it")
    func vanishing() {
        let manager = makeManager(MetricsObserver(factory: factory))
        let breaker = manager.breaker(for: "db")
        _ = manager.breaker(for: "cache")
        #expect(factory.text.count == 12)
        #expect(factory.text.contains("circuit_breaker_requests_total{name=db} 0"))
        breaker.forceOpen(reason: "upgrade")
        #expect(factory.text.count == 13)
        manager.remove("db")
        #expect(factory.text.count == 6)
        #expect(factory.text.allSatisfy { $0.contains("name=cache") })
    }

    @Test("the series of a breaker that made room for another one vanish too")
    func eviction() {
        let manager = makeManager(MetricsObserver(factory: factory, capacity: 3), capacity: 2)
        for number in 0..<100 { _ = manager.breaker(for: "b\(number)") }
        let names = Set(factory.text.compactMap { $0.split(separator: "name=").last?.split(separator: "}").first })
        #expect(names.count == 2 && names.isSubset(of: Set(manager.names.map { $0[...] })), "\(names)")
    }

    @Test(
        "each state has its number",
        arguments: [
            (CircuitBreakerState.closed, 0), (.open, 1), (.halfOpen, 2), (.forcedOpen, 1), (.disabled, 0),
            (.metricsOnly, 0),
        ]
    )
    func states(state: CircuitBreakerState, number: Int) {
        _ = CircuitBreaker(
            name: "db",
            initialState: state,
            time: clock.timeSource,
            observer: MetricsObserver(factory: factory)
        )
        #expect(factory.text.contains("circuit_breaker_state{name=db} \(number)"))
    }

    @Test("the state follows the breaker through a whole outage, and every transition is counted")
    func outage() {
        let breaker = makeManager(MetricsObserver(factory: factory)).breaker(for: "db")
        for _ in 0..<2 { call(breaker, fails: true) }
        clock.advance(by: .seconds(5))
        #expect(breaker.state == .halfOpen)
        #expect(factory.text.contains("circuit_breaker_state{name=db} 2"))
        for _ in 0..<2 { call(breaker, fails: false) }
        #expect(factory.text.contains("circuit_breaker_state{name=db} 0"))
        #expect(
            factory.text.filter { $0.hasPrefix("circuit_breaker_state_transitions") } == [
                "circuit_breaker_state_transitions{name=db,from=closed,to=open} 1",
                "circuit_breaker_state_transitions{name=db,from=half-open,to=closed} 1",
                "circuit_breaker_state_transitions{name=db,from=open,to=half-open} 1",
            ]
        )
    }

    @Test("an operator's transitions have labels of their own")
    func operatorTransitions() {
        let breaker = makeManager(MetricsObserver(factory: factory)).breaker(for: "db")
        breaker.forceOpen(reason: "upgrade")
        breaker.reset()
        #expect(
            factory.text.filter { $0.hasPrefix("circuit_breaker_state_transitions") } == [
                "circuit_breaker_state_transitions{name=db,from=closed,to=forced-open} 1",
                "circuit_breaker_state_transitions{name=db,from=forced-open,to=closed} 1",
            ]
        )
    }

    @Test("ignored and cancelled calls count in the total alone")
    func ignored() {
        let breaker = makeManager(MetricsObserver(factory: factory)).breaker(for: "db")
        if case .admitted(let permit) = breaker.tryAcquire() { permit.ignore() }
        if case .admitted(let permit) = breaker.tryAcquire() { permit.cancel() }
        #expect(
            factory.text == [
                "circuit_breaker_request_duration_seconds{name=db} []",
                "circuit_breaker_requests_failed{name=db} 0",
                "circuit_breaker_requests_rejected{name=db} 0",
                "circuit_breaker_requests_successful{name=db} 0",
                "circuit_breaker_requests_total{name=db} 2",
                "circuit_breaker_state{name=db} 0",
            ]
        )
    }

    @Test("a thousand calls make no more handlers than the first")
    func handlersAreMadeOnce() {
        let breaker = makeManager(MetricsObserver(factory: factory)).breaker(for: "db")
        call(breaker, fails: false)
        let made = factory.madeCount
        for _ in 0..<1_000 { call(breaker, fails: false) }
        #expect(factory.madeCount == made)
    }

    @Test("names beyond the capacity share one name without a state, and a forgotten name makes a place")
    func overflow() {
        let observer = MetricsObserver(factory: factory, capacity: 2)
        let manager = makeManager(observer)
        for name in ["a", "b", "c", "d"] { call(manager.breaker(for: name), fails: false) }
        manager.breaker(for: "d").forceOpen(reason: "upgrade")
        #expect(factory.text.contains("circuit_breaker_requests_total{name=other} 2"))
        #expect(!factory.text.contains { $0.hasPrefix("circuit_breaker_state{name=other}") })
        #expect(!factory.text.contains { $0.contains("name=c") })
        observer.forget("a")
        call(manager.breaker(for: "c"), fails: false)
        #expect(factory.text.contains("circuit_breaker_requests_total{name=c} 1"))
        #expect(!factory.text.contains { $0.contains("name=a}") })
    }

    @Test("a policy that goes on after it was forgotten gets new series, and many names never grow beyond the capacity")
    func goesOn() {
        let observer = MetricsObserver(factory: factory, capacity: 10)
        let limiter = RateLimiter(.perSecond(100), name: "api", time: clock.timeSource, observer: observer)
        _ = limiter.tryAcquire()
        observer.forget("api")
        #expect(factory.text == [])
        _ = limiter.tryAcquire()
        #expect(factory.text.contains("rate_limiter_requests_total{name=api} 1"))
        for number in 0..<1_000 { observer.rateLimiter("n\(number)", didAllowAfter: .zero) }
        #expect(factory.text.count == 11 * 3)
    }

    @Test("recording and forgetting at the same time loses no series for good")
    func concurrency() async {
        let observer = MetricsObserver(factory: factory, capacity: 4)
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<2_000 {
                        let name = "n\((task + round) % 6)"
                        if round % 7 == task { observer.forget(name) } else { observer.bulkheadDidQueue(name) }
                    }
                }
            }
        }
        for number in 0..<6 { observer.forget("n\(number)") }
        for number in 0..<4 { observer.bulkheadDidQueue("n\(number)") }
        for number in 0..<4 { #expect(factory.text.contains("bulkhead_queued_requests{name=n\(number)} 1")) }
        #expect(!factory.text.contains { $0.contains("name=n4") || $0.contains("name=n5") })
    }

    @Test("a bulkhead with a call that runs, one that waited, one turned away and one that gave up")
    func bulkhead() async throws {
        let bulkhead = Bulkhead(
            .init(maxConcurrent: 1, maxQueue: 1, queueTimeout: .seconds(3)),
            name: "reports",
            time: clock.timeSource,
            observer: MetricsObserver(factory: factory)
        )
        let held = try bulkhead.tryAcquire()
        let first = Task { try await bulkhead.acquire().release() }
        await clock.waitForSleepers(1)
        #expect(throws: BulkheadRejection.full) { _ = try bulkhead.tryAcquire() }
        #expect(factory.text.contains("bulkhead_queued_requests{name=reports} 1"))
        clock.advance(by: .seconds(3))
        await #expect(throws: BulkheadRejection.timedOut(after: .seconds(3))) { try await first.value }
        let second = Task { try await bulkhead.run { clock.advance(by: .seconds(1)) } }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(2))
        held.release()
        try await second.value
        let last = try bulkhead.tryAcquire()
        #expect(
            factory.text == [
                "bulkhead_active_requests{name=reports} 1",
                "bulkhead_queue_duration_seconds{name=reports} [0.0 2.0 0.0]",
                "bulkhead_queued_requests{name=reports} 0",
                "bulkhead_requests_rejected{name=reports} 1",
                "bulkhead_requests_timeout{name=reports} 1",
                "bulkhead_requests_total{name=reports} 5",
            ]
        )
        last.release()
        #expect(factory.text.contains("bulkhead_active_requests{name=reports} 0"))
    }
}
