// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Circuit breaker: events")
struct CircuitBreakerEventTests {
    @Test("an event carries names, sequence, reason, instant and wall time")
    func fields() throws {
        let clock = ManualClock()
        let recorder = TransitionRecorder()
        let breaker = CircuitBreaker(
            name: "checkout",
            configuration: .consecutive(3),
            time: clock.timeSource,
            wallClock: WallClock { .seconds(1_000) },
            onTransition: recorder.record
        )
        clock.advance(by: .seconds(2))
        for _ in 0..<3 {
            _ = try? breaker.run { throw ScriptedFailure("connect refused") }
        }
        let event = try #require(recorder.events.first)
        #expect(event.description == "checkout: closed → open (3 consecutive failures: connect refused)")
        #expect(event.sequence == 1)
        #expect(event.at == .seconds(2))
        #expect(event.wallTime == .seconds(1_000))
        #expect(event.reason == .tripped(.consecutiveFailures(3)))
    }

    @Test("each way through the states is one event per transition, in order")
    func order() {
        let script = BreakerScript(.consecutive(1)).play("F 3*A! +5000 =halfOpen =halfOpen F +5000 S S")
        #expect(
            script.recorder.transitions
                == [
                    "closed → open", "open → half-open", "half-open → open", "open → half-open", "half-open → closed",
                ]
        )
        #expect(script.recorder.events.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(script.recorder.events.map(\.generation) == [2, 3, 4, 5, 6])
        #expect(
            script.recorder.events.map(\.reasonText)
                == [
                    "1 consecutive failure: refused", "the open time has passed", "a failure while half-open: refused",
                    "the open time has passed", "1 success while half-open",
                ]
        )
    }

    @Test("an observer may call the breaker, and what it causes is delivered after what it was told")
    func reentrant() {
        let clock = ManualClock()
        let recorder = TransitionRecorder()
        let holder = Locked<CircuitBreaker?>(nil)
        let breaker = CircuitBreaker(name: "db", configuration: .consecutive(1), clock: clock) { event in
            if event.to == .open { holder.withLock { $0 }?.forceOpen(by: "observer") }
            recorder.record(event)
        }
        holder.withLock { $0 = breaker }
        _ = try? breaker.run { throw ScriptedFailure("refused") }
        holder.withLock { $0 = nil }
        #expect(recorder.transitions == ["closed → open", "open → forced open"])
    }

    @Test("a stream gives every event from its subscription on", .timeLimit(.minutes(1)))
    func stream() async {
        let script = BreakerScript(.consecutive(1)).play("F +5000 =halfOpen")
        let events = script.breaker.events()
        script.play("S F")
        var iterator = events.makeAsyncIterator()
        let first = await iterator.next()
        let second = await iterator.next()
        #expect(first?.event.to == .closed)
        #expect(first?.missed == 0)
        #expect(second?.event.to == .open)
        #expect(second?.missed == 0)
    }

    @Test("a reader that falls behind is told how many events it has missed", .timeLimit(.minutes(1)))
    func missed() async {
        let script = BreakerScript(.consecutive(1))
        var iterator = script.breaker.events(bufferingNewest: 2).makeAsyncIterator()
        for _ in 0..<3 { script.play("F +5000 S =closed") }
        let first = await iterator.next()
        let second = await iterator.next()
        #expect(first?.missed == 7)
        #expect(first?.event.sequence == 8)
        #expect(second?.missed == 0)
        #expect(second?.event.sequence == 9)
    }

    @Test("a stream ends with its breaker", .timeLimit(.minutes(1)))
    func streamEnds() async {
        let events = CircuitBreaker(name: "short-lived").events()
        for await _ in events { Issue.record("an event out of nowhere") }
    }
}
