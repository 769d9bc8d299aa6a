// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Synchronization
import Testing

/// A manual clock that counts how often it is read.
private final class CountingClock: Clock, Sendable {
    let manual = ManualClock()
    private let reads = Atomic(0)

    var now: ManualClock.Instant {
        reads.add(1, ordering: .relaxed)
        return manual.now
    }

    var minimumResolution: Duration { manual.minimumResolution }

    func sleep(until deadline: ManualClock.Instant, tolerance: Duration?) async throws {
        try await manual.sleep(until: deadline, tolerance: tolerance)
    }

    /// How often the clock was read.
    var count: Int { reads.load(ordering: .relaxed) }
}

private struct SilentObserver: ResilienceObserver {}

@Suite("Circuit breaker: when admission reads the clock")
struct CircuitBreakerClockReadTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reads: Int
        var configuration = CircuitBreakerConfiguration.consecutive(2)
        var isObserved = false
        var prepare: @Sendable (CircuitBreaker) -> Void = { _ in }
    }

    private static let slow = CircuitBreakerConfiguration.consecutive(2).with { $0.slowCallDuration = .seconds(1) }

    @Test(
        "the clock is read where the time can matter, and nowhere else",
        arguments: [
            Row(testDescription: "closed", reads: 0),
            Row(testDescription: "closed, measuring slow calls", reads: 1, configuration: slow),
            Row(testDescription: "closed, observed", reads: 1, isObserved: true),
            Row(testDescription: "disabled", reads: 0) { $0.disable() },
            Row(testDescription: "disabled, measuring slow calls", reads: 0, configuration: slow) { $0.disable() },
            Row(testDescription: "disabled, observed", reads: 1, isObserved: true) { $0.disable() },
            Row(testDescription: "disabled for a time", reads: 1) { $0.disable(for: .seconds(1)) },
            Row(testDescription: "disabled for a time, then without end", reads: 0) {
                $0.disable(for: .seconds(1))
                $0.disable()
            },
            Row(testDescription: "disabled, then for a time", reads: 1) {
                $0.disable()
                $0.disable(for: .seconds(1))
            },
            Row(testDescription: "metrics only", reads: 0) { $0.observeOnly() },
            Row(testDescription: "metrics only, measuring slow calls", reads: 1, configuration: slow) {
                $0.observeOnly()
            },
            Row(testDescription: "metrics only for a time", reads: 1) { $0.observeOnly(for: .seconds(1)) },
            Row(testDescription: "forced open", reads: 1) { $0.forceOpen() },
            Row(testDescription: "open", reads: 1) { $0.trip(reason: "signal") },
            Row(testDescription: "closed again", reads: 0) {
                $0.trip(reason: "signal")
                $0.reset()
            },
            Row(testDescription: "measuring slow calls by a new configuration", reads: 1) {
                try? $0.replaceConfiguration(slow)
            },
        ]
    )
    func reads(_ row: Row) {
        let clock = CountingClock()
        let breaker = CircuitBreaker(
            name: "db",
            configuration: row.configuration,
            time: TimeSource(clock),
            observer: row.isObserved ? SilentObserver() : nil
        )
        row.prepare(breaker)
        let before = clock.count
        let admission = breaker.tryAcquire()
        #expect(clock.count - before == row.reads)
        admission.drop()
    }

    @Test("the duration of a call is measured from its admission, not from the origin of the clock")
    func duration() {
        let script = BreakerScript(Self.slow).play("+10000")
        guard case .admitted(let permit) = script.breaker.tryAcquire() else {
            Issue.record("rejected")
            return
        }
        script.clock.advance(by: .milliseconds(1_000))
        permit.succeed()
        #expect(script.snapshot.totals.slow == 0)
        #expect(script.snapshot.totals.succeeded == 1)
    }
}

extension CircuitBreaker.Admission {
    /// Gives an admitted call back unsettled.
    fileprivate consuming func drop() {}
}
