// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Fallback", .timeLimit(.minutes(1)))
struct FallbackTests {
    private let clock = ManualClock()
    private let down = ScriptedFailure("down")

    private func makeFallback(
        _ steps: [Fallback<Int>.Step],
        purpose: Fallback<Int>.Purpose = .data
    ) -> Fallback<Int> {
        Fallback(steps, purpose: purpose, time: clock.timeSource)
    }

    private func fail() async throws(ScriptedFailure) -> Int { throw down }

    @Test("a good answer passes unmarked")
    func operation() async throws {
        let answer = try await makeFallback([.value(0)]).run(key: "k") { 7 }
        #expect(answer.value == 7)
        #expect(answer.source == .operation)
        #expect(answer.headers.isEmpty)
    }

    @Test("steps are taken in order until one has an answer, which is marked")
    func order() async throws {
        let failing = ScriptedFailure("replica down")
        let fallback = makeFallback([
            .call(named: "first", within: .seconds(1)) { throw failing },
            .call(named: "second", within: .seconds(1)) { 8 },
            .value(0),
        ])
        let answer = try await fallback.run(key: "k", fail)
        #expect(answer.value == 8)
        #expect(answer.source == .call(named: "second"))
        #expect(answer.headers.map { "\($0.name): \($0.value)" } == ["X-Data-Source: fallback"])
        let last = try await makeFallback([.value(9)]).run(key: "k", fail)
        #expect(last.source == .value)
    }

    @Test("a step that hangs has its own time limit")
    func hangingStep() async throws {
        let dependency = ScriptedDependency<Int>(clock: clock, [.hang])
        let fallback = makeFallback([
            .call(named: "replica", within: .seconds(1)) { try await dependency.call() }, .value(9),
        ])
        let down = down
        let task = Task { try await fallback.run(key: "k") { () async throws(ScriptedFailure) -> Int in throw down } }
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(1))
        #expect(try await task.value.value == 9)
    }

    @Test("a cached answer is marked with its age and forgotten when it is too old")
    func cache() async throws {
        let cache = StaleCache<Int>(maxAge: .seconds(60), time: clock.timeSource)
        let fallback = makeFallback([.cache(cache)])
        _ = try await fallback.run(key: "k") { 7 }
        clock.advance(by: .milliseconds(12_900))
        let answer = try await fallback.run(key: "k", fail)
        #expect(answer.value == 7)
        #expect(answer.source == .cache(age: .milliseconds(12_900)))
        #expect(answer.headers.map { "\($0.name): \($0.value)" } == ["X-Data-Source: cache", "Age: 12"])
        await #expect(throws: FallbackError<ScriptedFailure>.self) { try await fallback.run(key: "other", fail) }
        clock.advance(by: .seconds(60))
        let error = await #expect(throws: FallbackError<ScriptedFailure>.self) {
            try await fallback.run(key: "k", fail)
        }
        #expect(error?.steps.map(\.description) == ["cache: no answer that is fresh enough"])
        #expect(error?.primary == down)
    }

    @Test("nobody is served what was fetched for somebody else")
    func securityContext() async throws {
        let cache = StaleCache<Int>(maxAge: .seconds(60), time: clock.timeSource)
        let fallback = makeFallback([.cache(cache)])
        let alice = SecurityContext(principal: "alice", tenant: "a")
        _ = try await SecurityContext.$current.withValue(alice) { try await fallback.run(key: "profile") { 7 } }
        for other in [
            SecurityContext.anonymous, .init(principal: "bob", tenant: "a"), .init(principal: "alice", tenant: "b"),
        ] {
            await #expect(throws: FallbackError<ScriptedFailure>.self) {
                try await fallback.run(key: "profile", context: other, fail)
            }
        }
        #expect(try await fallback.run(key: "profile", context: alice, fail).value == 7)
    }

    @Test("authentication is denied when the call fails, whatever the steps say")
    func authentication() async {
        let cache = StaleCache<Int>(maxAge: .seconds(60), time: clock.timeSource)
        let fallback = makeFallback([.cache(cache), .value(1)], purpose: .authentication)
        _ = try? await fallback.run(key: "k") { 7 }
        #expect(cache.count == 0)
        let error = await #expect(throws: FallbackError<ScriptedFailure>.self) {
            try await fallback.run(key: "k", fail)
        }
        #expect(error?.isDenied == true)
    }

    @Test("a cancellation is no reason for a fallback")
    func cancelled() async {
        let error = await #expect(throws: FallbackError<CancellationError>.self) {
            try await makeFallback([.value(1)]).run(key: "k") { () async throws(CancellationError) -> Int in
                throw CancellationError()
            }
        }
        #expect(error?.isDenied == false)
    }

    @Test("the success of a fallback is no success of the call: a breaker inside still opens")
    func breakerInside() async throws {
        let breaker = CircuitBreaker(name: "db", configuration: .consecutive(2), clock: clock)
        let fallback = makeFallback([.value(1)])
        for _ in 0..<3 {
            let down = down
            let answer = try await fallback.run(key: "k") {
                () async throws(CircuitBreakerError<ScriptedFailure>) -> Int in
                try await breaker.run { () async throws(ScriptedFailure) -> Int in throw down }
            }
            #expect(answer.value == 1)
        }
        #expect(breaker.state == .open)
        #expect(breaker.snapshot.totals.rejected == 1)
    }

    @Test("a cache stays within its capacity")
    func bounded() {
        let cache = StaleCache<Int>(maxAge: .seconds(60), capacity: 10, time: clock.timeSource)
        for number in 0..<1_000 { cache.store(number, for: "\(number)", context: .anonymous) }
        #expect(cache.count == 10)
        #expect(cache.answer(for: "999", context: .anonymous)?.value == 999)
    }
}
