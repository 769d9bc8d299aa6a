// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// Keeps a permit, as an object that lives across asynchronous work would.
final class PermitHolder {
    private var permit: CircuitBreaker.Permit?

    init(_ permit: consuming CircuitBreaker.Permit) {
        self.permit = consume permit
    }

    func take() -> CircuitBreaker.Permit? {
        permit.take()
    }
}

/// Plays a row of events on a breaker with a manual clock and checks as it goes.
///
/// | word | meaning |
/// |---|---|
/// | `S` `F` | a fast call that succeeds, fails |
/// | `SS` `FF` | the same, slow: as long as `slowCall` |
/// | `I` `X` | a call that is ignored, cancelled |
/// | `A` `A!` | acquire and hold; must be admitted, must be rejected |
/// | `s` `f` `i` `x` | the call held longest succeeds, fails, is ignored, is dropped |
/// | `+1500` | the clock moves by so many milliseconds |
/// | `=open` | the state must be so |
/// | `n*W` | `W` n times |
final class BreakerScript {
    let clock = ManualClock()
    let recorder = TransitionRecorder()
    let breaker: CircuitBreaker
    private let slowCall: Duration
    private var held: [PermitHolder] = []

    init(
        _ configuration: CircuitBreakerConfiguration,
        initialState: CircuitBreakerState = .closed,
        slowCall: Duration = .seconds(5)
    ) {
        self.slowCall = slowCall
        breaker = CircuitBreaker(
            name: "db",
            configuration: configuration,
            initialState: initialState,
            time: clock.timeSource,
            randomSeed: 1,
            onTransition: recorder.record
        )
    }

    var state: CircuitBreakerState { breaker.state }
    var snapshot: CircuitBreakerSnapshot { breaker.snapshot }

    @discardableResult
    func play(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) -> BreakerScript {
        for word in script.split(separator: " ") {
            let parts = word.split(separator: "*", maxSplits: 1)
            let (count, event) = parts.count == 2 ? (Int(parts[0]) ?? 0, parts[1]) : (1, parts[0])
            for _ in 0..<count { step(String(event), of: script, sourceLocation) }
        }
        return self
    }

    private func step(_ event: String, of script: String, _ location: SourceLocation) {
        switch event {
        case "S": acquire(script, location)?.succeed(after: .zero)
        case "F": acquire(script, location)?.fail("refused", after: .zero)
        case "SS": acquire(script, location)?.succeed(after: slowCall)
        case "FF": acquire(script, location)?.fail("refused", after: slowCall)
        case "I": acquire(script, location)?.ignore()
        case "X": _ = acquire(script, location)
        case "A":
            if let permit = acquire(script, location) { held.append(PermitHolder(permit)) }
        case "A!":
            guard case .rejected = breaker.tryAcquire() else {
                Issue.record("admitted where a rejection is due in: \(script)", sourceLocation: location)
                return
            }
        case "s": release(script, location)?.succeed(after: .zero)
        case "f": release(script, location)?.fail("refused", after: .zero)
        case "i": release(script, location)?.ignore()
        case "x": _ = release(script, location)
        default: other(event, of: script, location)
        }
    }

    private func other(_ event: String, of script: String, _ location: SourceLocation) {
        if event.hasPrefix("+"), let milliseconds = Int(event.dropFirst()) {
            clock.advance(by: .milliseconds(milliseconds))
        } else if event.hasPrefix("="), let expected = CircuitBreakerState(rawValue: String(event.dropFirst())) {
            #expect(breaker.state == expected, "in: \(script)", sourceLocation: location)
        } else {
            Issue.record("unknown word \(event) in: \(script)", sourceLocation: location)
        }
    }

    private func acquire(_ script: String, _ location: SourceLocation) -> CircuitBreaker.Permit? {
        switch breaker.tryAcquire() {
        case .admitted(let permit):
            return permit
        case .rejected(let rejection):
            Issue.record("rejected (\(rejection)) in: \(script)", sourceLocation: location)
            return nil
        }
    }

    private func release(_ script: String, _ location: SourceLocation) -> CircuitBreaker.Permit? {
        guard !held.isEmpty else {
            Issue.record("no call is held in: \(script)", sourceLocation: location)
            return nil
        }
        return held.removeFirst().take()
    }
}

extension CircuitBreakerConfiguration {
    /// resilience4j's fixture: a time window of 20 s, judged by rates in every state.
    static var rates: CircuitBreakerConfiguration {
        CircuitBreakerConfiguration(
            failureThreshold: 0,
            failureRateThreshold: 0.5,
            minimumCalls: 5,
            window: .time(.seconds(20), buckets: 20),
            slowCallDuration: .seconds(4),
            slowCallRateThreshold: 0.5,
            halfOpenVerdict: .rate,
            halfOpenMaxCalls: 4,
            openDuration: .seconds(5)
        )
    }

    /// gobreaker's custom fixture: 60 % of at least 3 calls, three successes close.
    static var counts: CircuitBreakerConfiguration {
        CircuitBreakerConfiguration(
            failureThreshold: 0,
            failureRateThreshold: 0.6,
            minimumCalls: 3,
            window: .time(.seconds(30)),
            successThreshold: 3,
            halfOpenMaxCalls: 3,
            openDuration: .seconds(90)
        )
    }

    /// Opens after so many failures in a row, closes after so many successes.
    static func consecutive(
        _ failures: Int,
        successes: Int = 1,
        halfOpenMaxCalls: Int = 1,
        openDuration: Duration = .seconds(5)
    ) -> CircuitBreakerConfiguration {
        CircuitBreakerConfiguration(
            failureThreshold: failures,
            failureRateThreshold: nil,
            successThreshold: successes,
            halfOpenMaxCalls: halfOpenMaxCalls,
            openDuration: openDuration
        )
    }

    /// A count window judged by its failure rate alone.
    static func ring(_ size: Int, minimum: Int, rate: Double) -> CircuitBreakerConfiguration {
        CircuitBreakerConfiguration(
            failureThreshold: 0,
            failureRateThreshold: rate,
            minimumCalls: minimum,
            window: .count(size)
        )
    }

    /// A time window judged by its failure rate alone.
    static func timed(
        _ seconds: Int,
        buckets: Int = 10,
        minimum: Int,
        rate: Double
    ) -> CircuitBreakerConfiguration {
        CircuitBreakerConfiguration(
            failureThreshold: 0,
            failureRateThreshold: rate,
            minimumCalls: minimum,
            window: .time(.seconds(seconds), buckets: buckets)
        )
    }

    /// This configuration with changes.
    func with(_ change: (inout CircuitBreakerConfiguration) -> Void) -> CircuitBreakerConfiguration {
        var copy = self
        change(&copy)
        return copy
    }
}
