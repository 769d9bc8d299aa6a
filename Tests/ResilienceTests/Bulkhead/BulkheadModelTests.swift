// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// The core beside a number and a list.
private struct BulkheadTwins: Twins {
    enum Command: Sendable {
        case acquire
        case tryAcquire
        case release
        /// Whoever stands at this place of the queue leaves.
        case leave(Int, isCancelled: Bool)
        /// A place comes free and is granted to somebody who has just timed out.
        case releaseToLate
    }

    private var core: BulkheadCore<Int>
    private var active = 0
    private var waiting: [(ticket: UInt64, number: Int)] = []
    private var expected = BulkheadStatistics()
    private var arrivals = 0

    init(_ random: inout SeededRandom) {
        core = BulkheadCore(
            .init(
                maxConcurrent: Int.random(in: 1...4, using: &random),
                maxQueue: Int.random(in: 0...6, using: &random)
            )
        )
    }

    var setting: String { "\(core.maxConcurrent) places, a queue of \(core.maxQueue)" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<20, using: &random) {
        case ..<8: .acquire
        case ..<10: .tryAcquire
        case ..<16: .release
        case ..<19: .leave(Int.random(in: 0..<6, using: &random), isCancelled: random.chance(0.5))
        default: .releaseToLate
        }
    }

    mutating func play(_ command: Command) -> String? {
        let text =
            switch command {
            case .acquire: acquire(canWait: true)
            case .tryAcquire: acquire(canWait: false)
            case .release: release(isLate: false)
            case .leave(let place, let isCancelled): leave(place, isCancelled)
            case .releaseToLate: release(isLate: true)
            }
        expected.active = active
        expected.queued = waiting.count
        return text ?? difference("the statistics", core.statistics, expected)
    }

    private mutating func acquire(canWait: Bool) -> String? {
        arrivals += 1
        expected.total += 1
        let isAdmitted = active < core.maxConcurrent
        let isQueued = !isAdmitted && canWait && waiting.count < core.maxQueue
        switch core.acquire(canWait ? arrivals : nil) {
        case .admitted:
            active += 1
            return isAdmitted ? nil : "admitted while \(active - 1) run"
        case .queued(let ticket):
            waiting.append((ticket, arrivals))
            return isQueued ? nil : "queued while \(active) run and \(waiting.count - 1) wait"
        case .full:
            expected.rejected += 1
            return isAdmitted || isQueued ? "rejected while \(active) run and \(waiting.count) wait" : nil
        }
    }

    /// What the shell does: hands the place on until somebody takes it, or nobody waits.
    private mutating func release(isLate: Bool) -> String? {
        guard active > 0 else { return nil }
        var refuses = isLate
        while true {
            let next = core.release()
            if let text = difference("the next one", next, waiting.first?.number) { return text }
            guard next != nil else {
                active -= 1
                return nil
            }
            let (ticket, _) = waiting.removeFirst()
            guard refuses else { return nil }
            core.giveUp(ticket, isCancelled: false)
            expected.timeouts += 1
            refuses = false
        }
    }

    private mutating func leave(_ place: Int, _ isCancelled: Bool) -> String? {
        guard place < waiting.count else { return nil }
        core.giveUp(waiting.remove(at: place).ticket, isCancelled: isCancelled)
        if isCancelled { expected.cancelled += 1 } else { expected.timeouts += 1 }
        return nil
    }
}

/// Permits of several keys, beside a number for each.
private struct PerKeyTwins: Twins {
    enum Command: Sendable {
        case acquire(Int)
        case release(Int)
        case remove(Int)
    }

    private let capacity: Int
    private let places: Int
    private let bulkhead: PerKeyBulkhead<Int>
    /// The permits that are out, and whether they belong to the bulkhead that the key has now.
    private var held: [(permit: BulkheadPermitBox, key: Int, isCurrent: Bool)] = []

    init(_ random: inout SeededRandom) {
        capacity = Int.random(in: 1...5, using: &random)
        places = Int.random(in: 1...3, using: &random)
        bulkhead = PerKeyBulkhead(
            .init(maxConcurrent: places, maxQueue: 0),
            capacity: capacity,
            time: ManualClock().timeSource
        )
    }

    var setting: String { "\(places) places for each of \(capacity) keys" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<10, using: &random) {
        case ..<5: .acquire(Int.random(in: 0..<8, using: &random))
        case ..<9: .release(Int.random(in: 0..<12, using: &random))
        default: .remove(Int.random(in: 0..<8, using: &random))
        }
    }

    mutating func play(_ command: Command) -> String? {
        switch command {
        case .acquire(let key):
            let busyKeys = Set(held.filter(\.isCurrent).map(\.key))
            let hasRoom = bulkhead.statistics(of: key) != nil || busyKeys.count < capacity
            let isExpected = hasRoom && active(key) < places
            let permit = try? BulkheadPermitBox(bulkhead.tryAcquire(key))
            if let text = difference("the admission", permit != nil, isExpected) { return text }
            if let permit { held.append((permit, key, true)) }
        case .release(let place):
            if place < held.count { held.remove(at: place) }
        case .remove(let key):
            bulkhead.remove(key)
            for place in held.indices where held[place].key == key { held[place].isCurrent = false }
        }
        for key in 0..<8 where active(key) > 0 {
            if let text = difference("active of \(key)", bulkhead.statistics(of: key)?.active, active(key)) {
                return text
            }
        }
        return bulkhead.count <= capacity ? nil : "\(bulkhead.count) keys are kept"
    }

    mutating func finish() -> String? {
        held.removeAll()
        return difference("active at the end", bulkhead.allStatistics.values.reduce(0) { $0 + $1.active }, 0)
    }

    private func active(_ key: Int) -> Int {
        held.count { $0.key == key && $0.isCurrent }
    }
}

@Suite("Bulkhead: against a naive model")
struct BulkheadModelTests {
    @Test("random arrivals, releases and departures agree with a number and a list", arguments: 0..<100)
    func core(seed: UInt64) async {
        await check(BulkheadTwins.self, seed: seed, steps: 400)
    }

    @Test(
        "a key is refused only when its places or all keys are taken, and a busy one is never forgotten",
        arguments: 0..<100
    )
    func perKey(seed: UInt64) async {
        await check(PerKeyTwins.self, seed: seed, steps: 200)
    }
}
