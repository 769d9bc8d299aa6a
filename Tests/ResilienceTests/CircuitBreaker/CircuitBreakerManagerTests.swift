// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker manager")
struct CircuitBreakerManagerTests {
    private let clock = ManualClock()
    private let recorder = TransitionRecorder()

    private func makeManager(
        _ configuration: CircuitBreakerConfiguration = .consecutive(1),
        capacity: Int = 100
    ) -> CircuitBreakerManager {
        CircuitBreakerManager(
            configuration: configuration,
            capacity: capacity,
            time: clock.timeSource,
            randomSeed: 1,
            onTransition: recorder.record
        )
    }

    private func fail(_ breaker: CircuitBreaker) {
        _ = try? breaker.run { throw ScriptedFailure("refused") }
    }

    @Test("a name has one breaker")
    func sameBreaker() {
        let manager = makeManager()
        #expect(manager.existingBreaker(for: "a") == nil)
        #expect(manager.breaker(for: "a") === manager.breaker(for: "a"))
        #expect(manager.breaker(for: "a") !== manager.breaker(for: "b"))
        #expect(manager.names == ["a", "b"])
    }

    @Test("a thousand tasks asking for one name get one breaker", .timeLimit(.minutes(1)))
    func concurrentCreation() async {
        let manager = makeManager()
        let breakers = await withTaskGroup(of: ObjectIdentifier.self) { group in
            for _ in 0..<1_000 { group.addTask { ObjectIdentifier(manager.breaker(for: "a")) } }
            return await group.reduce(into: Set<ObjectIdentifier>()) { $0.insert($1) }
        }
        #expect(breakers.count == 1)
        #expect(manager.names == ["a"])
    }

    @Test("a name can have its own configuration, before and after its breaker is made")
    func configurationByName() throws {
        let manager = makeManager(.consecutive(5))
        try manager.replaceConfiguration(for: "a", with: .consecutive(2))
        fail(manager.breaker(for: "a"))
        #expect(manager.breaker(for: "a").state == .closed)
        try manager.replaceConfiguration(for: "a", with: .consecutive(3))
        fail(manager.breaker(for: "a"))
        #expect(manager.breaker(for: "a").state == .closed)
        fail(manager.breaker(for: "a"))
        #expect(manager.breaker(for: "a").state == .open)
        #expect(manager.breaker(for: "b").configuration.failureThreshold == 5)
    }

    @Test("an invalid configuration is refused and nothing changes")
    func invalidConfiguration() {
        let manager = makeManager(.consecutive(5))
        #expect(throws: InvalidConfiguration.self) {
            try manager.replaceConfiguration(for: "a", with: .init(minimumCalls: 0))
        }
        #expect(manager.breaker(for: "a").configuration.failureThreshold == 5)
    }

    @Test("a removed breaker is forgotten with its configuration, but works on for whoever holds it")
    func remove() throws {
        let manager = makeManager(.consecutive(5))
        try manager.replaceConfiguration(for: "a", with: .consecutive(1))
        for name in ["a", "b", "c"] { _ = manager.breaker(for: name) }
        let held = manager.breaker(for: "a")
        #expect(manager.remove("a") === held)
        #expect(manager.remove("a") == nil)
        #expect(manager.names == ["b", "c"])
        #expect(manager.breaker(for: "c").name == "c")
        fail(held)
        #expect(held.state == .open)
        #expect(manager.breaker(for: "a").state == .closed)
        #expect(manager.breaker(for: "a").configuration.failureThreshold == 5)
    }

    @Test("snapshots are sorted by name and read at one clock")
    func snapshots() {
        let manager = makeManager()
        for name in ["c", "a", "b"] { fail(manager.breaker(for: name)) }
        clock.advance(by: .seconds(5))
        #expect(manager.snapshots().map(\.name) == ["a", "b", "c"])
        #expect(manager.snapshots().allSatisfy { $0.state == .halfOpen && $0.observedAt == .seconds(5) })
    }

    @Test("a flood of names stays within the capacity")
    func bounded() {
        let manager = makeManager(capacity: 500)
        for number in 0..<10_000 {
            let breaker = manager.breaker(for: "name \(number)")
            #expect(breaker.state == .closed)
        }
        #expect(manager.names.count == 500)
        #expect(manager.unmanagedCount == 0)
    }

    @Test("an open breaker is not evicted")
    func openStays() {
        let manager = makeManager(capacity: 4)
        fail(manager.breaker(for: "open"))
        for number in 0..<100 { _ = manager.breaker(for: "name \(number)") }
        #expect(manager.existingBreaker(for: "open")?.state == .open)
    }

    @Test("a breaker whose permit is out is not evicted, nor one that somebody holds")
    func inUseStays() {
        let manager = makeManager(capacity: 4)
        guard case .admitted(let permit) = manager.breaker(for: "busy").tryAcquire() else {
            Issue.record("rejected")
            return
        }
        let held = manager.breaker(for: "held")
        for number in 0..<100 { _ = manager.breaker(for: "name \(number)") }
        #expect(manager.names.contains("busy"))
        #expect(manager.existingBreaker(for: "held") === held)
        permit.fail("refused")
        #expect(manager.existingBreaker(for: "busy")?.state == .open)
    }

    @Test("a breaker in use lately outlives an idle one")
    func secondChance() {
        let manager = makeManager(capacity: 3)
        for name in ["a", "b", "c", "d"] { _ = manager.breaker(for: name) }
        let survivors = Set(manager.names)
        let popular = survivors.subtracting(["d"]).sorted()[0]
        for number in 0..<20 {
            _ = manager.breaker(for: popular)
            _ = manager.breaker(for: "name \(number)")
        }
        #expect(manager.names.contains(popular))
    }

    @Test("a full manager of open breakers answers with one that it does not keep")
    func full() {
        let manager = makeManager(capacity: 2)
        fail(manager.breaker(for: "a"))
        fail(manager.breaker(for: "b"))
        let extra = manager.breaker(for: "c")
        #expect(extra.name == "c")
        #expect(manager.names == ["a", "b"])
        #expect(manager.unmanagedCount == 1)
        #expect(extra !== manager.breaker(for: "c"))
    }

    @Test("events of all breakers share one order", .timeLimit(.minutes(1)))
    func events() async {
        let manager = makeManager()
        var iterator = manager.events().makeAsyncIterator()
        fail(manager.breaker(for: "a"))
        fail(manager.breaker(for: "b"))
        clock.advance(by: .seconds(5))
        _ = manager.snapshots()
        var seen: [String] = []
        for _ in 0..<4 {
            guard let element = await iterator.next() else { break }
            #expect(element.missed == 0)
            seen.append("\(element.event.sequence) \(element.event.name) \(element.event.to.text)")
        }
        #expect(Set(seen.prefix(2)) == ["1 a open", "2 b open"])
        #expect(Set(seen.suffix(2).map { $0.dropFirst(2) }) == ["a half-open", "b half-open"])
        #expect(recorder.events.map(\.sequence) == [1, 2, 3, 4])
    }

    @Test("every breaker reports, alerts and is saved under its own name (T7)", .timeLimit(.minutes(1)))
    func ownNames() async {
        let alerts = AlertManager(handlers: [], seed: 1)
        let manager = CircuitBreakerManager(
            configuration: .consecutive(1),
            time: clock.timeSource,
            onTransition: alerts.observe
        )
        let store = MemoryCircuitBreakerStore()
        let persistence = CircuitBreakerPersistence(manager: manager, store: store)
        for name in ["a", "b", "c"] { fail(manager.breaker(for: name)) }
        let running = Task { await persistence.run() }
        while store.load().count < 3 { await Task.yield() }
        running.cancel()
        await running.value
        #expect(store.load().map(\.name) == ["a", "b", "c"])
        #expect(Set(alerts.activeAlerts.map { $0.metadata["endpoint"] }) == ["a", "b", "c"])
        #expect(manager.snapshots().map(\.name) == ["a", "b", "c"])
        manager.breaker(for: "b").reset()
        #expect(Set(alerts.activeAlerts.map { $0.metadata["endpoint"] }) == ["a", "c"])
        #expect(manager.breaker(for: "a").state == .open)
    }

    @Test("the jitter of each name depends on the seed and the name alone")
    func seededByName() throws {
        func wait(_ manager: CircuitBreakerManager, _ name: String) -> Duration? {
            manager.breaker(for: name).trip(reason: "test")
            return manager.breaker(for: name).snapshot.remainingOpenTime
        }
        let configuration = CircuitBreakerConfiguration.consecutive(1).with { $0.backoff = OpenBackoff(jitter: 0.5) }
        let first = makeManager(configuration)
        let second = makeManager(configuration)
        _ = wait(second, "z")
        #expect(wait(first, "a") == wait(second, "a"))
        #expect(wait(first, "b") != wait(first, "c"))
    }
}
