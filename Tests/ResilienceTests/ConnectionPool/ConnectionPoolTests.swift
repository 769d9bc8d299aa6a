// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// Makes numbers for connections, and does what the test says.
private final class FakeFactory: ConnectionFactory {
    struct State {
        var made = 0
        var closed: [Int] = []
        var checked: [Int] = []
        var unhealthy: Set<Int> = []
        var failures = 0
        var gate: Gate?
    }
        var checkGate: Gate?

    let state = Locked(State())

    func create() async throws -> Int {
        if let gate = state.withLock({ $0.gate }) { await gate.wait() }
        return try state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                throw ScriptedFailure("refused")
            }
            state.made += 1
            return state.made
        }
    }

    func isHealthy(_ connection: Int) async -> Bool {
        if let gate = state.withLock({ $0.checkGate }) { await gate.wait() }
        return state.withLock { state in
            state.checked.append(connection)
            return !state.unhealthy.contains(connection)
        }
    }

    func close(_ connection: Int) async {
        state.withLock { $0.closed.append(connection) }
    }
}

@Suite("Connection pool", .timeLimit(.minutes(1)))
struct ConnectionPoolTests {
    private let clock = ManualClock()
    private let factory = FakeFactory()

    private func makePool(_ configuration: ConnectionPoolConfiguration) -> ConnectionPool<FakeFactory> {
        ConnectionPool(factory, configuration: configuration, time: clock.timeSource, randomSeed: 1)
    }

    private func settle(_ pool: ConnectionPool<FakeFactory>) async {
        while pool.statistics.pending > 0 { await Task.yield() }
    }

    @Test("a connection given back is used again, the latest first")
    func reuse() async throws {
        let pool = makePool(.init(minIdle: 0))
        let first = try await pool.acquire()
        let second = try await pool.acquire()
        #expect(pool.statistics.active == 2)
        #expect(pool.statistics.utilization == 0.2)
        let numbers = [first.connection, second.connection]
        first.release()
        second.release()
        let third = try await pool.acquire()
        #expect(third.connection == numbers[1])
        third.release()
        #expect(pool.statistics.created == 2)
        #expect(pool.statistics.idle == 2)
        #expect(pool.statistics.total == 2)
    }

    @Test("beyond its size the pool lets callers wait, and turns them away at their time")
    func acquireTimeout() async throws {
        let pool = makePool(.init(maxSize: 1, minIdle: 0, acquireTimeout: .seconds(30)))
        let held = try await pool.acquire()
        let waiting = Task { () async -> String in
            do {
                try await pool.acquire().release()
                return "leased"
            } catch {
                return "\(error)"
            }
        }
        await clock.waitForSleepers(1)
        #expect(pool.statistics.waiting == 1)
        clock.advance(by: .seconds(30))
        #expect(await waiting.value == "no connection within 30 s")
        #expect(pool.statistics.waiting == 0)
        held.release()
    }

    @Test("who waits gets the connection that comes back")
    func handedOver() async throws {
        let pool = makePool(.init(maxSize: 1, minIdle: 0))
        let held = try await pool.acquire()
        let waiting = Task { try await pool.withConnection { $0 } }
        await clock.waitForSleepers(1)
        held.release()
        #expect(try await waiting.value == 1)
        #expect(pool.statistics.created == 1)
    }

    @Test("1,000 cancelled callers leave all ten connections usable")
    func cancelled() async throws {
        let pool = makePool(.init(maxSize: 10, minIdle: 0))
        await withTaskGroup { group in
            for number in 0..<1_000 {
                group.addTask {
                    let task = Task { try await pool.acquire().release() }
                    if !number.isMultiple(of: 3) { await Task.yield() }
                    task.cancel()
                    _ = await task.result
                }
            }
        }
        await settle(pool)
        #expect(pool.statistics.active == 0)
        #expect(pool.statistics.waiting == 0)
        var held: [LeaseBox] = []
        for _ in 0..<10 { held.append(LeaseBox(try await pool.acquire())) }
        #expect(pool.statistics.active == 10)
        #expect(Set(held.map(\.connection)).count == 10)
        held.removeAll()
    }

    @Test("a connection is replaced at the end of its life, however often it is used")
    func lifetime() async throws {
        let pool = makePool(.init(minIdle: 0, maxLifetime: .seconds(1)))
        var seen: Set<Int> = []
        for _ in 0..<20 {
            let lease = try await pool.acquire()
            seen.insert(lease.connection)
            lease.release()
            clock.advance(by: .milliseconds(100))
        }
        #expect(seen.count >= 2)
        #expect(seen.count <= 3)
    }

    @Test("an idle connection is checked before use, and replaced when it is dead")
    func healthCheck() async throws {
        let pool = makePool(.init(maxSize: 1, minIdle: 0))
        try await pool.acquire().release()
        clock.advance(by: .milliseconds(501))
        try await pool.acquire().release()
        #expect(factory.state.withLock { $0.checked } == [1])
        factory.state.withLock { $0.unhealthy = [1] }
        clock.advance(by: .milliseconds(501))
        let lease = try await pool.acquire()
        #expect(lease.connection == 2)
        lease.release()
        while factory.state.withLock({ $0.closed }) != [1] { await Task.yield() }
    }

    @Test("a discarded connection is closed, a dropped one is checked, and both places are free at once")
    func leaseEnds() async throws {
        let pool = makePool(.init(maxSize: 1, minIdle: 0))
        try await pool.acquire().discard()
        #expect(pool.statistics.total == 0)
        do { _ = try await pool.acquire() }
        #expect(pool.statistics.idle == 1)
        #expect(try await pool.withConnection { $0 } == 2)
        #expect(factory.state.withLock { $0.checked } == [2])
    }

    @Test("an error in the operation gives the connection back for a check")
    func operationFails() async throws {
    @Test("a good connection is lent at once, although one that has to be checked came back after it")
    func goodBelowSuspect() async throws {
        let pool = makePool(.init(maxSize: 2, minIdle: 0))
        do {
            let first = try await pool.acquire()
            let second = try await pool.acquire()
            #expect([first.connection, second.connection] == [1, 2])
            first.release()
            _ = consume second
        }
        let lease = try await pool.acquire()
        #expect(lease.connection == 1)
        #expect(factory.state.withLock { $0.checked } == [])
        lease.release()
    }

    @Test("a connection whose life ends while it is checked is replaced")
    func endsDuringCheck() async throws {
        let gate = Gate()
        let pool = makePool(.init(maxSize: 1, minIdle: 0, maxLifetime: .seconds(1)))
        try await pool.acquire().release()
        factory.state.withLock { $0.checkGate = gate }
        clock.advance(by: .milliseconds(600))
        let waiting = Task { try await pool.withConnection { $0 } }
        await clock.waitForSleepers(1)
        clock.advance(by: .milliseconds(500))
        gate.open()
        #expect(try await waiting.value == 2)
    }

        let pool = makePool(.init(maxSize: 1, minIdle: 0))
        await #expect(throws: ScriptedFailure.self) {
            try await pool.withConnection { _ in throw ScriptedFailure("query") }
        }
        #expect(pool.statistics.active == 0)
        try await pool.acquire().release()
        #expect(factory.state.withLock { $0.checked } == [1])
    }

    @Test("a connection that cannot be made is an error for one caller and blocks nobody")
    func creationFails() async throws {
        let pool = makePool(.init(maxSize: 1, minIdle: 0))
        factory.state.withLock { $0.failures = 1 }
        do {
            try await pool.acquire().release()
            Issue.record("leased")
        } catch {
            #expect(error.description == "a connection could not be made: refused")
            #expect(error.resilienceError == .connectionCreation)
        }
        try await pool.acquire().release()
        #expect(pool.statistics.total == 1)
    }

    @Test("a connection that is made for a caller who has left serves the next one")
    func lateConnection() async throws {
        let gate = Gate()
        factory.state.withLock { $0.gate = gate }
        let pool = makePool(.init(maxSize: 1, minIdle: 0))
        let impatient = Task { try await pool.acquire().release() }
        await clock.waitForSleepers(1)
        impatient.cancel()
        _ = await impatient.result
        let patient = Task { try await pool.withConnection { $0 } }
        await clock.waitForSleepers(1)
        #expect(pool.statistics.pending == 1)
        gate.open()
        #expect(try await patient.value == 1)
        #expect(pool.statistics.created == 1)
    }

    @Test("maintenance keeps the minimum ready and closes what is idle for too long")
    func maintenance() async throws {
        let pool = makePool(.init(minIdle: 2, idleTimeout: .seconds(300)))
        pool.maintain()
        await settle(pool)
        #expect(pool.statistics.idle == 2)
        var held: [LeaseBox] = []
        for _ in 0..<5 { held.append(LeaseBox(try await pool.acquire())) }
        held.removeAll()
        await settle(pool)
        #expect(pool.statistics.idle >= 5)
        clock.advance(by: .seconds(300))
        pool.maintain()
        #expect(pool.statistics.idle == 2)
        pool.clearIdle()
        #expect(pool.statistics.idle == 0)
    }

    @Test("the maintenance task keeps the pool until it is cancelled, then closes it")
    func run() async throws {
        let pool = makePool(.init(minIdle: 1))
        let task = Task { await pool.run(every: .seconds(10)) }
        await clock.waitForSleepers(1)
        await settle(pool)
        #expect(pool.statistics.idle == 1)
        task.cancel()
        await task.value
        #expect(pool.statistics.total == 0)
        do {
            try await pool.acquire().release()
            Issue.record("leased from a closed pool")
        } catch {
            #expect(error.description == "the connection pool is closed")
        }
    }

    @Test("too many waiting callers are refused at once")
    func tooManyWaiting() async throws {
        let pool = makePool(.init(maxSize: 1, minIdle: 0, maxWaiting: 0))
        do {
            try await pool.acquire().release()
            Issue.record("leased")
        } catch {
            #expect(error.resilienceError == .poolExhausted)
        }
    }

    @Test(
        "a setting out of its range is named with its value",
        arguments: [
            (ConnectionPoolConfiguration(maxSize: 0, minIdle: 0), "maxSize: 0 is less than 1"),
            (.init(maxSize: 1, minIdle: 2), "minIdle: 2 is not in 0 to the maxSize of 1"),
            (.init(acquireTimeout: .zero), "acquireTimeout: 0.0 seconds is not longer than zero"),
        ]
    )
    func invalid(configuration: ConnectionPoolConfiguration, message: String) {
        let error = #expect(throws: InvalidConfiguration.self) { try configuration.validate() }
        #expect(error?.description == message)
    }
}

@Suite("Connection pool core")
struct ConnectionPoolModelTests {
    @Test(
        "random events never exceed the size, lose a connection or leave a caller without one in the making",
        arguments: 0..<30
    )
    func model(round: UInt64) {
        var random = SeededRandom(seed: 13_000 + round)
        let size = Int.random(in: 1...5, using: &random)
        let configuration = ConnectionPoolConfiguration(
            maxSize: size,
            minIdle: Int.random(in: 0...size, using: &random),
            idleTimeout: .seconds(3),
            maxLifetime: .seconds(20),
            maxWaiting: 6
        )
        var core = ConnectionPoolCore<Int, Int>(configuration, random: SplitMix64(seed: round))
        var todo: [ConnectionPoolCore<Int, Int>.Work] = []
        var leased: [PooledConnection<Int>] = []
        var waiting: [(ticket: UInt64, number: Int)] = []
        var alive: Set<Int> = []
        var now = Duration.zero
        for number in 0..<3_000 {
            var work: [ConnectionPoolCore<Int, Int>.Work] = []
            switch Int.random(in: 0..<12, using: &random) {
            case ..<4:
                switch core.acquire(number, now: now, &work) {
                case .leased(let pooled): leased.append(pooled)
                case .waiting(let ticket): waiting.append((ticket, number))
                case .refused: #expect(waiting.count == 6, "seed \(random.seed)")
                }
            case ..<7 where !leased.isEmpty:
                let pooled = leased.remove(at: Int.random(in: 0..<leased.count, using: &random))
                let end: LeaseEnd = random.chance(0.7) ? .good : random.chance(0.5) ? .suspect : .broken
                core.release(pooled, end, now: now, &work)
            case 7 where !waiting.isEmpty:
                core.giveUp(waiting.remove(at: Int.random(in: 0..<waiting.count, using: &random)).ticket)
            case 8:
                now += .milliseconds(Int.random(in: 0...3_000, using: &random))
                core.maintain(now: now, &work)
            default:
                guard !todo.isEmpty else { continue }
                switch todo.remove(at: Int.random(in: 0..<todo.count, using: &random)) {
                case .create where random.chance(0.8):
                    alive.insert(number)
                    core.didCreate(number, now: now, &work)
                case .create: core.didFailToCreate(FailureCause("refused"), &work)
                case .check(let pooled): core.didCheck(pooled, isHealthy: random.chance(0.7), now: now, &work)
                case .close, .grant, .fail: break
                }
            }
            for item in work {
                switch item {
                case .create, .check: todo.append(item)
                case .close(let pooled):
                    #expect(alive.remove(pooled.connection) != nil, "closed twice, seed \(random.seed)")
                case .grant(let caller, let pooled):
                    #expect(waiting.first?.number == caller, "not in order, seed \(random.seed)")
                    waiting.removeFirst()
                    leased.append(pooled)
                case .fail(let caller, _):
                    #expect(waiting.first?.number == caller, "not in order, seed \(random.seed)")
                    waiting.removeFirst()
                }
            }
            let statistics = core.statistics
            #expect(statistics.total <= size, "seed \(random.seed)")
            #expect(statistics.active == leased.count, "seed \(random.seed)")
            #expect(statistics.waiting == waiting.count, "seed \(random.seed)")
            #expect(statistics.pending == todo.count, "seed \(random.seed)")
            let makes = todo.count { if case .create = $0 { true } else { false } }
            #expect(alive.count == statistics.total - makes, "seed \(random.seed)")
            #expect(waiting.count <= statistics.pending || statistics.total == size, "seed \(random.seed)")
            #expect(waiting.isEmpty || leased.count + statistics.pending > 0, "seed \(random.seed)")
        }
    }
}

/// Keeps a lease alive in an array.
private final class LeaseBox {
    private let lease: ConnectionPool<FakeFactory>.Lease

    init(_ lease: consuming ConnectionPool<FakeFactory>.Lease) {
        self.lease = lease
    }

    var connection: Int { lease.connection }
}
