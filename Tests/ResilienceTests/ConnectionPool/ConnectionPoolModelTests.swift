// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// The core beside plain lists; the test does the work that a shell does.
private struct PoolTwins: Twins {
    enum Command: Sendable {
        case acquire
        case release(Int, LeaseEnd)
        case leave(Int)
        case advance(milliseconds: Int)
        case maintain
        /// A connection is made or checked, or that fails.
        case work(Int, succeeds: Bool)
        case clearIdle
        case close
    }

    private typealias Core = ConnectionPoolCore<Int, Int>

    private let configuration: ConnectionPoolConfiguration
    private var core: Core
    private var now = Duration.zero
    private var number = 0
    private var isClosed = false
    private var todo: [Core.Work] = []
    private var idle: [PooledConnection<Int>] = []
    private var leased: [PooledConnection<Int>] = []
    private var waiting: [(ticket: UInt64, number: Int)] = []
    private var madeAt: [Int: Duration] = [:]
    private var failures = 0
    private var pauseEnds = Duration.zero

    init(_ random: inout SeededRandom) {
        let size = Int.random(in: 1...5, using: &random)
        configuration = ConnectionPoolConfiguration(
            maxSize: size,
            minIdle: Int.random(in: 0...size, using: &random),
            idleTimeout: .seconds(3),
            maxLifetime: .seconds(20),
            maxWaiting: 6
        )
        core = Core(configuration, random: SplitMix64(seed: random.next()))
    }

    var setting: String { "\(configuration.minIdle) to \(configuration.maxSize) connections" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<400, using: &random) {
        case ..<110: .acquire
        case ..<200:
            .release(
                Int.random(in: 0..<5, using: &random),
                random.chance(0.6) ? .good : random.chance(0.6) ? .suspect : .broken
            )
        case ..<220: .leave(Int.random(in: 0..<6, using: &random))
        case ..<280: .advance(milliseconds: Int.random(in: 0...(random.chance(0.2) ? 8_000 : 700), using: &random))
        case ..<300: .maintain
        case ..<395: .work(Int.random(in: 0..<6, using: &random), succeeds: random.chance(0.75))
        case ..<399: .clearIdle
        default: .close
        }
    }

    mutating func play(_ command: Command) -> String? {
        var work: [Core.Work] = []
        let text: String?
        switch command {
        case .acquire: text = acquire(&work)
        case .release(let place, let end): text = release(place, end, &work)
        case .leave(let place): text = leave(place)
        case .advance(let milliseconds):
            now += .milliseconds(milliseconds)
            text = nil
        case .maintain:
            core.maintain(now: now, &work)
            text = nil
        case .work(let place, let succeeds): text = perform(place, succeeds, &work)
        case .clearIdle:
            core.clearIdle(&work)
            text = nil
        case .close:
            isClosed = true
            core.close(&work)
            text = nil
        }
        if let text { return text }
        for item in work {
            if let text = note(item) { return text }
        }
        if case .maintain = command, let text = maintained() { return text }
        return invariants()
    }

    private mutating func acquire(_ work: inout [Core.Work]) -> String? {
        number += 1
        let usable = idle.last(where: isUsable)
        switch core.acquire(number, now: now, &work) {
        case .leased(let pooled):
            guard let usable else { return "connection \(pooled.connection) was leased, none is usable" }
            leased.append(pooled)
            idle.removeAll { $0.connection == pooled.connection }
            return difference("the connection", pooled.connection, usable.connection)
        case .waiting(let ticket):
            if isClosed { return "somebody waits for a closed pool" }
            if waiting.count == configuration.maxWaiting { return "more wait than may" }
            waiting.append((ticket, number))
            return usable.map { "somebody waits while \($0.connection) is usable" }
        case .refused:
            if let usable, !isClosed { return "refused while \(usable.connection) is usable" }
            return isClosed || waiting.count == configuration.maxWaiting ? nil : "refused with room in the queue"
        }
    }

    private mutating func release(_ place: Int, _ end: LeaseEnd, _ work: inout [Core.Work]) -> String? {
        guard place < leased.count else { return nil }
        var pooled = leased.remove(at: place)
        core.release(pooled, end, now: now, &work)
        pooled.idleSince = now
        pooled.isSuspect = if case .good = end { false } else { true }
        idle.append(pooled)
        return nil
    }

    private mutating func leave(_ place: Int) -> String? {
        guard place < waiting.count else { return nil }
        core.giveUp(waiting.remove(at: place).ticket)
        return nil
    }

    private mutating func perform(_ place: Int, _ succeeds: Bool, _ work: inout [Core.Work]) -> String? {
        guard place < todo.count else { return nil }
        switch todo[place] {
        case .create(let notBefore):
            if let notBefore, now < notBefore { return nil }
            todo.remove(at: place)
            guard succeeds else {
                return fail(&work)
            }
            number += 1
            madeAt[number] = now
            failures = 0
            core.didCreate(number, now: now, &work)
            let made = PooledConnection(connection: number, expiresAt: .zero, idleSince: now)
            idle.append(core.idle.last { $0.connection == number } ?? made)
        case .check(var pooled):
            todo.remove(at: place)
            core.didCheck(pooled, isHealthy: succeeds, now: now, &work)
            pooled.idleSince = now
            pooled.isSuspect = false
            idle.append(pooled)
        case .close, .grant, .fail:
            todo.remove(at: place)
        }
        return nil
    }

    /// The pause doubles with every failure after its end, up to 10 s, and is spread by a tenth.
    private mutating func fail(_ work: inout [Core.Work]) -> String? {
        let isCounted = failures == 0 || now >= pauseEnds
        core.didFailToCreate(FailureCause("refused"), now: now, &work)
        guard isCounted else { return difference("the end of the pause", core.createsNotBefore, pauseEnds) }
        failures += 1
        pauseEnds = core.createsNotBefore ?? .zero
        let pause = min(Duration.milliseconds(100) * (1 << min(failures - 1, 10)), .seconds(10))
        let bounds = now + pause * 9 / 10...now + min(pause * 11 / 10, .seconds(10))
        return bounds.contains(pauseEnds) ? nil : "failure \(failures) at \(now) has a pause until \(pauseEnds)"
    }

    /// Moves what the core has decided from list to list.
    private mutating func note(_ item: Core.Work) -> String? {
        switch item {
        case .create(let notBefore):
            todo.append(item)
            return difference("the pause", notBefore, failures == 0 ? nil : pauseEnds)
        case .check(let pooled):
            todo.append(item)
            return take(pooled.connection, "checked")
        case .close(let pooled):
            madeAt[pooled.connection] = nil
            return take(pooled.connection, "closed")
        case .grant(let caller, let pooled):
            leased.append(pooled)
            let made = madeAt[pooled.connection] ?? .zero
            let lifetime = pooled.expiresAt - made
            return firstDifference(
                take(pooled.connection, "granted"),
                difference("who is served", caller, waiting.first?.number),
                now < pooled.expiresAt ? nil : "\(pooled.connection) is granted after its end",
                (.seconds(18) ... .seconds(20)).contains(lifetime) ? nil : "a lifetime of \(lifetime)",
                served()
            )
        case .fail(let caller, _):
            return firstDifference(difference("who is told", caller, waiting.first?.number), served())
        }
    }

    private mutating func take(_ connection: Int, _ verb: String) -> String? {
        guard let place = idle.lastIndex(where: { $0.connection == connection }) else {
            return "\(connection) is \(verb) without being idle"
        }
        idle.remove(at: place)
        return nil
    }

    private mutating func served() -> String? {
        if !waiting.isEmpty { waiting.removeFirst() }
        return nil
    }

    private func isUsable(_ pooled: PooledConnection<Int>) -> Bool {
        !pooled.isSuspect && now < pooled.expiresAt && now - pooled.idleSince <= configuration.healthCheckAfter
    }

    private func maintained() -> String? {
        guard !isClosed else { return nil }
        let statistics = core.statistics
        let ready = statistics.idle + statistics.pending - statistics.waiting
        if ready < configuration.minIdle && statistics.total < configuration.maxSize { return "\(ready) are ready" }
        let old = idle.filter { now - $0.idleSince >= configuration.idleTimeout }
        return old.isEmpty || idle.count <= configuration.minIdle ? nil : "\(old.count) are idle for too long"
    }

    private func invariants() -> String? {
        let statistics = core.statistics
        let isStarved = waiting.count > statistics.pending && statistics.total < configuration.maxSize
        return firstDifference(
            difference("idle", statistics.idle, idle.count),
            difference("active", statistics.active, leased.count),
            difference("pending", statistics.pending, todo.count),
            difference("waiting", statistics.waiting, waiting.count),
            difference("created less closed", Int(statistics.created) - Int(statistics.closed), madeAt.count),
            statistics.total <= configuration.maxSize ? nil : "\(statistics.total) connections",
            isStarved && !isClosed ? "a caller waits for nothing" : nil,
            waiting.count > statistics.pending && !idle.isEmpty ? "a caller waits beside one that is not checked" : nil,
            waiting.isEmpty || idle.allSatisfy { !isUsable($0) } ? nil : "a caller waits beside a usable connection"
        )
    }
}

@Suite("Connection pool: against a naive model")
struct ConnectionPoolModelTests {
    @Test(
        "random events never exceed the size, lose a connection or a caller, or let anybody overtake",
        arguments: 0..<150
    )
    func core(seed: UInt64) async {
        await check(PoolTwins.self, seed: seed, steps: 400)
    }
}
