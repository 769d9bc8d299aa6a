// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// A store whose every call fails.
private struct BrokenStore: CircuitBreakerStore {
    func save(_ record: CircuitBreakerRecord) async throws { throw ScriptedFailure("disk full") }
    func load() async throws -> [CircuitBreakerRecord] { throw ScriptedFailure("damaged file") }
    func remove(_ name: String) async throws { throw ScriptedFailure("disk full") }
}

/// A store whose first update waits until it may end.
private struct SlowStore: CircuitBreakerStore {
    struct Update: Sendable {
        var saved: [String]
        var removed: [String]
    }

    let updates = Recorder<Update>()
    let hasBegun = Gate()
    let mayEnd = Gate()

    func save(_ record: CircuitBreakerRecord) async throws {}
    func load() async throws -> [CircuitBreakerRecord] { [] }
    func remove(_ name: String) async throws {}

    func update(saving records: [CircuitBreakerRecord], removing names: [String]) async throws {
        hasBegun.open()
        await mayEnd.wait()
        updates.append(Update(saved: records.map(\.name), removed: names))
    }
}

/// A store that refuses one record.
private struct PickyStore: CircuitBreakerStore {
    let calls = Recorder<String>()

    func save(_ record: CircuitBreakerRecord) async throws {
        calls.append("save \(record.name)")
        if record.name == "bad" { throw ScriptedFailure("refused bad") }
    }

    func load() async throws -> [CircuitBreakerRecord] { [] }

    func remove(_ name: String) async throws {
        calls.append("remove \(name)")
    }
}

@Suite("Circuit breaker persistence", .timeLimit(.minutes(1)))
struct CircuitBreakerPersistenceTests {
    private let clock = ManualClock()

    private func makeManager(_ configuration: CircuitBreakerConfiguration = .minute) -> CircuitBreakerManager {
        CircuitBreakerManager(configuration: configuration, clock: clock)
    }

    private func open(_ breaker: CircuitBreaker) {
        _ = try? breaker.run { throw ScriptedFailure("refused") }
    }

    @Test("20 seconds left at the restart are 20 seconds, then half-open (row 61)")
    func remainingTime() {
        let record = CircuitBreakerRecord(name: "db", state: .open, remaining: .seconds(20), cause: "refused")
        let breaker = makeManager().breaker(for: "db")
        #expect(breaker.restore(record, wallTime: nil))
        #expect(breaker.snapshot.explanation == "open for its saved state: refused; half-opens in 20 s")
        clock.advance(by: .milliseconds(19_999))
        #expect(breaker.state == .open)
        clock.advance(by: .milliseconds(1))
        #expect(breaker.state == .halfOpen)
    }

    @Test(
        "time passed while the process was down counts, and a clock that jumps never lengthens the wait (T12)",
        arguments: [(0, 20), (5, 15), (20, 0), (86_400, 0), (-3_600, 20)]
    )
    func clockJumps(elapsed: Int, left: Int) {
        let record = CircuitBreakerRecord(name: "db", state: .open, remaining: .seconds(20), savedAt: .seconds(100_000))
        let breaker = makeManager().breaker(for: "db")
        breaker.restore(record, wallTime: .seconds(100_000 + elapsed))
        let snapshot = breaker.snapshot
        #expect(snapshot.state == (left == 0 ? .halfOpen : .open))
        #expect((snapshot.remainingOpenTime ?? .zero) == .seconds(left))
    }

    @Test(
        "a record never holds a breaker open for longer than its configuration",
        arguments: [nil, Duration.seconds(1_000_000)]
    )
    func clamped(remaining: Duration?) {
        let breaker = makeManager().breaker(for: "db")
        breaker.restore(.init(name: "db", state: .open, remaining: remaining, openings: .max), wallTime: nil)
        #expect(breaker.snapshot.remainingOpenTime == .seconds(60))
    }

    @Test("a restored breaker keeps growing its open time")
    func backoff() {
        var configuration = CircuitBreakerConfiguration.minute
        configuration.backoff = OpenBackoff(multiplier: 2, maximum: .seconds(600), jitter: 0)
        let breaker = makeManager(configuration).breaker(for: "db")
        breaker.restore(.init(name: "db", state: .open, remaining: .zero, openings: 2), wallTime: nil)
        open(breaker)
        #expect(breaker.snapshot.remainingOpenTime == .seconds(240))
    }

    @Test("an operator's state comes back with its reason, its name and its time")
    func operatorState() {
        let first = makeManager().breaker(for: "db")
        first.forceOpen(for: .seconds(600), reason: "upgrade", by: "alice")
        clock.advance(by: .seconds(100))
        let record = first.snapshot.record(wallTime: .seconds(1_000))
        let second = makeManager().breaker(for: "db")
        second.restore(record, wallTime: .seconds(1_050))
        #expect(second.snapshot.explanation == "forced open by alice: upgrade; for another 7 min 30 s")
    }

    @Test("a closed record, or a breaker that is not closed any more, changes nothing")
    func nothingToDo() {
        let breaker = makeManager().breaker(for: "db")
        #expect(!breaker.restore(.init(name: "db", state: .closed), wallTime: nil))
        open(breaker)
        #expect(!breaker.restore(.init(name: "db", state: .disabled), wallTime: nil))
        #expect(breaker.state == .open)
    }

    @Test("breakers are saved on transitions and restored by another manager")
    func roundTrip() async throws {
        let store = MemoryCircuitBreakerStore()
        let wallClock = WallClock { [clock] in .seconds(1_000) + clock.now.offset }
        let first = makeManager()
        let persistence = CircuitBreakerPersistence(manager: first, store: store, wallClock: wallClock)
        let running = Task { await persistence.run() }
        for name in ["a", "b"] { open(first.breaker(for: name)) }
        while store.load().count < 2 { await Task.yield() }
        first.breaker(for: "b").reset()
        while store.load().count > 1 { await Task.yield() }
        running.cancel()
        await running.value
        clock.advance(by: .seconds(10))
        let second = makeManager()
        let restored = await CircuitBreakerPersistence(manager: second, store: store, wallClock: wallClock).restore()
        #expect(restored == ["a"])
        #expect(second.breaker(for: "a").snapshot.remainingOpenTime == .seconds(50))
        #expect(second.breaker(for: "a").snapshot.tripCause?.description == "refused")
        #expect(second.breaker(for: "b").state == .closed)
    }

    @Test("what changes while the store is busy is saved together, and what changed before the end is saved still")
    func coalescing() async {
        let store = SlowStore()
        let manager = makeManager()
        let persistence = CircuitBreakerPersistence(manager: manager, store: store)
        let running = Task { await persistence.run() }
        open(manager.breaker(for: "first"))
        await store.hasBegun.wait()
        for number in 0..<1_000 { open(manager.breaker(for: "b\(number)")) }
        manager.breaker(for: "b7").reset()
        manager.breaker(for: "first").reset()
        running.cancel()
        store.mayEnd.open()
        await running.value
        let updates = store.updates.values
        #expect(updates.first?.saved == ["first"])
        #expect(updates.count < 1_003, "as many updates as transitions")
        #expect(updates.allSatisfy { Set($0.saved + $0.removed).count == $0.saved.count + $0.removed.count })
        let saved = updates.reduce(into: Set<String>()) { $0 = $0.union($1.saved).subtracting($1.removed) }
        #expect(saved == Set((0..<1_000).map { "b\($0)" }).subtracting(["b7"]))
    }

    @Test("a breaker that was removed from its manager has no record")
    func removed() async {
        let store = MemoryCircuitBreakerStore([CircuitBreakerRecord(name: "a", state: .open)])
        let manager = makeManager()
        let persistence = CircuitBreakerPersistence(manager: manager, store: store)
        open(manager.breaker(for: "a"))
        manager.remove("a")
        let running = Task { await persistence.run() }
        while !store.load().isEmpty { await Task.yield() }
        running.cancel()
        await running.value
        #expect(persistence.failureCount == 0)
    }

    @Test("a store without a batch tries every record and throws the first error")
    func updateOneByOne() async {
        let store = PickyStore()
        let records = ["a", "bad", "c"].map { CircuitBreakerRecord(name: $0, state: .open) }
        await #expect(throws: ScriptedFailure("refused bad")) {
            try await store.update(saving: records, removing: ["d", "e"])
        }
        #expect(store.calls.values == ["save a", "save bad", "save c", "remove d", "remove e"])
    }

    @Test("a store that fails means closed breakers and a counted failure, nothing else")
    func brokenStore() async {
        let manager = makeManager()
        let persistence = CircuitBreakerPersistence(manager: manager, store: BrokenStore())
        #expect(await persistence.restore() == [])
        #expect(persistence.failureCount == 1)
        #expect(persistence.lastFailure?.description == "damaged file")
        let running = Task { await persistence.run() }
        open(manager.breaker(for: "a"))
        while persistence.failureCount < 2 { await Task.yield() }
        running.cancel()
        await running.value
        #expect(manager.breaker(for: "a").state == .open)
    }
}

extension CircuitBreakerConfiguration {
    fileprivate static var minute: CircuitBreakerConfiguration { .consecutive(1, openDuration: .seconds(60)) }
}
