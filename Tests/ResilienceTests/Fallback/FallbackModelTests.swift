// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

private let contexts = [SecurityContext.anonymous, .init(principal: "alice"), .init(principal: "alice", tenant: "b")]

/// A chain of steps beside dictionaries for its caches.
private struct FallbackTwins: Twins {
    enum Kind: Sendable {
        case call
        case cache(maxAge: Int)
        case value
    }

    enum Command: Sendable {
        /// `answers` says which of the calls have one: the operation first, then the steps.
        case run(key: Int, context: Int, answers: [Bool])
        case advance(milliseconds: Int)
    }

    /// What the calls of the chain answer.
    private final class Script: Sendable {
        let answers = Locked<[Bool]>([])
    }

    private struct Question: Hashable {
        var key: Int
        var context: Int
    }

    private let kinds: [Kind]
    private let purpose: Fallback<Int>.Purpose
    private let clock = ManualClock()
    private let fallback: Fallback<Int>
    private let caches: [StaleCache<Int>?]
    private let script = Script()
    private var kept: [[Question: (value: Int, at: Duration)]]
    private var number = 0

    init(_ random: inout SeededRandom) {
        kinds = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            switch Int.random(in: 0..<5, using: &random) {
            case ..<2: .call
            case ..<4: .cache(maxAge: Int.random(in: 1...4_000, using: &random))
            default: .value
            }
        }
        purpose = random.chance(0.1) ? .authentication : .data
        kept = kinds.map { _ in [:] }
        let (clock, script) = (clock, script)
        caches = kinds.map { kind in
            guard case .cache(let maxAge) = kind else { return nil }
            return StaleCache(maxAge: .milliseconds(maxAge), time: clock.timeSource)
        }
        let steps = zip(kinds, caches).enumerated().map { index, step -> Fallback<Int>.Step in
            if let cache = step.1 { return .cache(cache) }
            guard case .call = step.0 else { return .value(-1) }
            return .call(named: "\(index)", within: .seconds(1)) {
                guard script.answers.withLock({ $0[index + 1] }) else { throw ScriptedFailure("down") }
                return -100 - index
            }
        }
        fallback = Fallback(steps, purpose: purpose, time: clock.timeSource)
    }

    var setting: String { "\(purpose): \(kinds)" }

    static func command(_ random: inout SeededRandom) -> Command {
        if random.chance(0.3) { return .advance(milliseconds: Int.random(in: 0...2_000, using: &random)) }
        return .run(
            key: Int.random(in: 0..<3, using: &random),
            context: Int.random(in: 0..<contexts.count, using: &random),
            answers: (0..<5).map { _ in random.chance(0.4) }
        )
    }

    mutating func play(_ command: Command) async -> String? {
        switch command {
        case .advance(let milliseconds):
            clock.advance(by: .milliseconds(milliseconds))
            return nil
        case .run(let key, let context, let answers):
            script.answers.withLock { $0 = answers }
            number += 1
            let expected = expect(Question(key: key, context: context), answers)
            return difference("the answer", await run(key, context, answers[0]), expected)
        }
    }

    private func run(_ key: Int, _ context: Int, _ succeeds: Bool) async -> String {
        let number = number
        do throws(FallbackError<ScriptedFailure>) {
            let answer = try await SecurityContext.$current.withValue(contexts[context]) {
                () async -> Result<FallbackAnswer<Int>, FallbackError<ScriptedFailure>> in
                do throws(FallbackError<ScriptedFailure>) {
                    return .success(
                        try await fallback.run(key: "\(key)") { () async throws(ScriptedFailure) -> Int in
                            guard succeeds else { throw ScriptedFailure("down") }
                            return number
                        }
                    )
                } catch {
                    return .failure(error)
                }
            }.get()
            return "\(answer.value) from \(answer.source)"
        } catch {
            return "\(error.steps.count) steps failed, denied: \(error.isDenied)"
        }
    }

    private mutating func expect(_ question: Question, _ answers: [Bool]) -> String {
        let now = clock.now.offset
        if answers[0] {
            for place in kinds.indices where caches[place] != nil && purpose == .data {
                kept[place][question] = (number, now)
            }
            return "\(number) from \(FallbackAnswer<Int>.Source.operation)"
        }
        if purpose == .authentication { return "0 steps failed, denied: true" }
        for (place, kind) in kinds.enumerated() {
            switch kind {
            case .value:
                return "-1 from \(FallbackAnswer<Int>.Source.value)"
            case .call:
                if answers[place + 1] {
                    return "\(-100 - place) from \(FallbackAnswer<Int>.Source.call(named: "\(place)"))"
                }
            case .cache(let maxAge):
                guard let (value, at) = kept[place][question], now - at <= .milliseconds(maxAge) else { continue }
                return "\(value) from \(FallbackAnswer<Int>.Source.cache(age: now - at))"
            }
        }
        return "\(kinds.count) steps failed, denied: false"
    }
}

/// A small cache beside a dictionary of everything that was ever stored.
private struct CacheTwins: Twins {
    enum Command: Sendable {
        case store(Int)
        case read(Int)
        case advance(milliseconds: Int)
    }

    private let capacity: Int
    private let clock = ManualClock()
    private let cache: StaleCache<Int>
    private var stored: [Int: (value: Int, at: Duration)] = [:]
    private var number = 0

    init(_ random: inout SeededRandom) {
        capacity = Int.random(in: 1...4, using: &random)
        cache = StaleCache(maxAge: .seconds(2), capacity: capacity, time: clock.timeSource)
    }

    var setting: String { "room for \(capacity)" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<10, using: &random) {
        case ..<4: .store(Int.random(in: 0..<8, using: &random))
        case ..<8: .read(Int.random(in: 0..<8, using: &random))
        default: .advance(milliseconds: Int.random(in: 0...1_000, using: &random))
        }
    }

    mutating func play(_ command: Command) -> String? {
        switch command {
        case .advance(let milliseconds):
            clock.advance(by: .milliseconds(milliseconds))
            return nil
        case .store(let key):
            number += 1
            stored[key] = (number, clock.now.offset)
            cache.store(number, for: "\(key)", context: .anonymous)
            let kept = cache.answer(for: "\(key)", context: .anonymous)
            return difference("what was just stored", kept?.value, number) ?? bounded
        case .read(let key):
            let age = stored[key].map { clock.now.offset - $0.at } ?? .zero
            guard let answer = cache.answer(for: "\(key)", context: .anonymous) else {
                let isFresh = stored[key] != nil && age <= .seconds(2)
                return isFresh && stored.count <= capacity ? "\(key) was lost" : bounded
            }
            return firstDifference(
                difference("the value", answer.value, stored[key]?.value),
                difference("the age", answer.age, age),
                answer.age <= .seconds(2) ? nil : "an age of \(answer.age)",
                bounded
            )
        }
    }

    private var bounded: String? { cache.count <= capacity ? nil : "\(cache.count) answers are kept" }
}

@Suite("Fallback: against a naive model", .timeLimit(.minutes(1)))
struct FallbackModelTests {
    @Test("random failures take the steps in order, with the caches of dictionaries", arguments: 0..<80)
    func chain(seed: UInt64) async {
        await check(FallbackTwins.self, seed: seed, steps: 100)
    }

    @Test("a cache gives the last answer with its age, or none, whatever it had to forget", arguments: 0..<50)
    func cache(seed: UInt64) async {
        await check(CacheTwins.self, seed: seed, steps: 200)
    }
}
