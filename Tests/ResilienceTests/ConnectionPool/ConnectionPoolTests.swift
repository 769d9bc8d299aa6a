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
        var attempts = 0
        var failures = 0
        var gate: Gate?
        var checkGate: Gate?
    }

    let state = Locked(State())

    func create() async throws -> Int {
        state.withLock { $0.attempts += 1 }
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

    @Test("beyond its size the pool lets callers wait, and turns them away at their time (row P1)")
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

    @Test("1,000 cancelled callers leave all ten connections usable (row P1, T14)")
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

    @Test("a connection is replaced at the end of its life, however often it is used (row P2, T14)")
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

    @Test("an idle connection is checked before use, and replaced when it is dead (T14)")
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

    @Test("an error in the operation gives the connection back for a check")
    func operationFails() async throws {
        let pool = makePool(.init(maxSize: 1, minIdle: 0))
        await #expect(throws: ScriptedFailure.self) {
            try await pool.withConnection { _ in throw ScriptedFailure("query") }
        }
        #expect(pool.statistics.active == 0)
        try await pool.acquire().release()
        #expect(factory.state.withLock { $0.checked } == [1])
    }

    @Test("a connection that cannot be made is an error for one caller, and the next one waits out a pause")
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
        let next = Task { try await pool.acquire().release() }
        await clock.waitForSleepers(2)
        #expect(factory.state.withLock { $0.attempts } == 1)
        clock.advance(by: .milliseconds(110))
        try await next.value
        #expect(pool.statistics.total == 1)
    }

    @Test("creations that keep failing back off, whoever calls, and no place is lost")
    func creationBacksOff() async throws {
        let pool = makePool(.init(maxSize: 2, minIdle: 1, acquireTimeout: .seconds(3_600)))
        factory.state.withLock { $0.failures = .max }
        await #expect(throws: ConnectionPoolError.self) { try await pool.acquire().release() }
        for milliseconds in [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000] {
            let attempts = factory.state.withLock { $0.attempts }
            let caller = Task { try await pool.acquire().release() }
            await clock.waitForSleepers(2)
            for _ in 0..<1_000 { pool.maintain() }
            await clock.waitForSleepers(3)
            #expect(factory.state.withLock { $0.attempts } == attempts)
            let pause = try #require(clock.nextDeadline?.offset) - clock.now.offset
            #expect(abs(pause / .milliseconds(milliseconds) - 1) <= 0.1)
            clock.advanceToNextDeadline()
            _ = await caller.result
            await settle(pool)
            #expect(factory.state.withLock { $0.attempts } == attempts + 2)
        }
        factory.state.withLock { $0.failures = 0 }
        clock.advance(by: .seconds(10))
        let leases = [LeaseBox(try await pool.acquire()), LeaseBox(try await pool.acquire())]
        #expect(pool.statistics.active == 2)
        withExtendedLifetime(leases) {}
    }

    @Test("a pool that is closed during the pause makes no connection after it")
    func closedDuringPause() async throws {
        let pool = makePool(.init(maxSize: 1, minIdle: 1))
        factory.state.withLock { $0.failures = 1 }
        pool.maintain()
        await settle(pool)
        pool.maintain()
        await clock.waitForSleepers(1)
        pool.close()
        clock.advance(by: .seconds(10))
        await settle(pool)
        #expect(factory.state.withLock { $0.attempts } == 1)
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

/// Keeps a lease alive in an array.
private final class LeaseBox {
    private let lease: ConnectionPool<FakeFactory>.Lease

    init(_ lease: consuming ConnectionPool<FakeFactory>.Lease) {
        self.lease = lease
    }

    var connection: Int { lease.connection }
}
