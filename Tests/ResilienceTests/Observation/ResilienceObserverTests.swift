// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

private struct Witness: ResilienceObserver {
    let lines = Recorder<String>()

    func circuitBreaker(_ name: String, didEndCall end: CallEnd, after duration: Duration) {
        lines.append("\(name) \(end.rawValue) \(duration)")
    }

    func circuitBreaker(_ name: String, didReject rejection: CircuitBreaker.Rejection) {
        lines.append("\(name) rejected: \(rejection)")
    }

    func bulkhead(_ name: String, didAdmitAfter wait: Duration) {
        lines.append("\(name) admitted \(wait)")
    }

    func bulkhead(_ name: String, didReject rejection: BulkheadRejection) {
        lines.append("\(name) rejected: \(rejection)")
    }
}

/// Uses the defaults of the protocol.
private struct Indifferent: ResilienceObserver {}

@Suite("Observer", .timeLimit(.minutes(1)))
struct ResilienceObserverTests {
    private let clock = ManualClock()
    private let witness = Witness()

    @Test("every call of a breaker is told with its duration, every rejection with its reason (row M1, T12b)")
    func breaker() throws {
        let manager = CircuitBreakerManager(
            configuration: .consecutive(2),
            time: clock.timeSource,
            observer: witness
        )
        let breaker = manager.breaker(for: "db")
        _ = try breaker.run { clock.advance(by: .seconds(1)) }
        _ = try? breaker.run { () throws(CancellationError) in throw CancellationError() }
        guard case .admitted(let permit) = breaker.tryAcquire() else {
            Issue.record("rejected")
            return
        }
        permit.ignore()
        for _ in 0..<3 {
            _ = try? breaker.run {
                clock.advance(by: .milliseconds(250))
                throw ScriptedFailure("refused")
            }
        }
        #expect(
            witness.lines.values == [
                "db success 1.0 seconds", "db cancelled 0.0 seconds", "db ignored 0.0 seconds",
                "db failure 0.25 seconds", "db failure 0.25 seconds", "db rejected: open for another 5 s: refused",
            ]
        )
    }

    @Test("counters of the snapshot have the exact values of what happened (row M1, T12b)")
    func counters() {
        let script = BreakerScript(.consecutive(2)).play("3*S 2*F A!")
        let totals = script.snapshot.totals
        #expect(totals.admitted == 5)
        #expect(totals.succeeded == 3)
        #expect(totals.failed == 2)
        #expect(totals.rejected == 1)
        #expect(totals.opened == 1)
        #expect(totals.transitions == 1)
        #expect(script.snapshot.state.metricValue == 1)
    }

    @Test("calls of a disabled breaker are told to nobody (row 52)")
    func disabled() throws {
        let breaker = CircuitBreaker(
            name: "db",
            configuration: .consecutive(1),
            time: clock.timeSource,
            observer: witness
        )
        breaker.disable()
        _ = try breaker.run { 1 }
        _ = try? breaker.run { throw ScriptedFailure("refused") }
        _ = try? breaker.run { () throws(CancellationError) in throw CancellationError() }
        #expect(witness.lines.values == [])
        let totals = breaker.snapshot.totals
        #expect(totals.admitted + totals.succeeded + totals.failed + totals.cancelled == 0)
    }

    @Test("a bulkhead tells how long a call has waited and why one was turned away")
    func bulkhead() async throws {
        let bulkhead = Bulkhead(
            .init(maxConcurrent: 1, maxQueue: 1),
            name: "reports",
            time: clock.timeSource,
            observer: witness
        )
        let held = try bulkhead.tryAcquire()
        let waiting = Task { try await bulkhead.acquire().release() }
        await clock.waitForSleepers(1)
        await #expect(throws: BulkheadRejection.full) { _ = try await bulkhead.acquire() }
        clock.advance(by: .seconds(2))
        held.release()
        try await waiting.value
        #expect(
            witness.lines.values == [
                "reports admitted 0.0 seconds", "reports rejected: the bulkhead and its queue are full",
                "reports admitted 2.0 seconds",
            ]
        )
    }

    @Test("an observer need not listen to anything")
    func defaults() async throws {
        let breaker = CircuitBreaker(name: "db", configuration: .consecutive(1), observer: Indifferent())
        _ = try? breaker.run { throw ScriptedFailure("refused") }
        #expect(throws: CircuitBreakerError<Never>.self) { try breaker.run {} }
        let bulkhead = Bulkhead(.init(maxConcurrent: 1, maxQueue: 0), observer: Indifferent())
        let held = try bulkhead.tryAcquire()
        #expect(throws: BulkheadRejection.full) { _ = try bulkhead.tryAcquire() }
        held.release()
    }
}
