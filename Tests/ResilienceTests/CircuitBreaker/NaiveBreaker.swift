// SPDX-License-Identifier: Apache-2.0

import Resilience

/// The breaker as one would write it on a napkin: it keeps every outcome of a state and counts them anew each time.
///
/// It knows count windows, consecutive and sliding failures, both verdicts, permits and operator states, and nothing about
/// rings, sums or hints.
struct NaiveBreaker {
    var configuration: CircuitBreakerConfiguration
    var state = CircuitBreakerState.closed
    var entered = Duration.zero
    var stateNumber = 0
    var outcomes: [Bool] = []
    var trialsInFlight = 0
    var transitions: [String] = []

    mutating func tick(_ now: Duration) {
        if state == .open, now >= entered + configuration.openDuration { go(.halfOpen, now) }
        if state == .halfOpen, let wait = configuration.halfOpenMaxWait, now >= entered + wait { go(.open, now) }
    }

    mutating func acquire(_ now: Duration) -> Int? {
        tick(now)
        switch state {
        case .closed:
            return stateNumber
        case .halfOpen where outcomes.count + trialsInFlight < configuration.halfOpenMaxCalls:
            trialsInFlight += 1
            return stateNumber
        default:
            return nil
        }
    }

    mutating func settle(_ permit: Int, failed: Bool?, _ now: Duration) {
        if failed != nil { tick(now) }
        guard permit == stateNumber else { return }
        if state == .halfOpen { trialsInFlight -= 1 }
        guard let failed else { return }
        outcomes.append(failed)
        switch state {
        case .closed where mustOpen: go(.open, now)
        case .halfOpen: judge(now)
        default: break
        }
    }

    mutating func go(_ next: CircuitBreakerState, _ now: Duration) {
        transitions.append("\(state.text) → \(next.text)")
        state = next
        forget(now)
    }

    mutating func reset(_ now: Duration) {
        tick(now)
        if state == .closed { forget(now) } else { go(.closed, now) }
    }

    private mutating func forget(_ now: Duration) {
        entered = now
        stateNumber += 1
        outcomes = []
        trialsInFlight = 0
    }

    private var mustOpen: Bool {
        let row = outcomes.reversed().prefix { $0 }.count
        if configuration.failureThreshold > 0, row >= configuration.failureThreshold { return true }
        if let sliding = configuration.slidingFailures,
            outcomes.suffix(sliding.of).filter({ $0 }).count >= sliding.failures
        {
            return true
        }
        guard case .count(let size) = configuration.window, let rate = configuration.failureRateThreshold else {
            return false
        }
        let seen = outcomes.suffix(size)
        guard seen.count >= min(size, configuration.minimumCalls) else { return false }
        return Double(seen.filter { $0 }.count) / Double(seen.count) >= rate
    }

    private mutating func judge(_ now: Duration) {
        let failures = outcomes.filter { $0 }.count
        switch configuration.halfOpenVerdict {
        case .count:
            if failures > 0 {
                go(.open, now)
            } else if outcomes.count == configuration.successThreshold {
                go(.closed, now)
            }
        case .rate:
            let rate = configuration.failureRateThreshold ?? 1
            if Double(failures) / Double(configuration.halfOpenMaxCalls) >= rate {
                go(.open, now)
            } else if outcomes.count == configuration.halfOpenMaxCalls {
                go(.closed, now)
            }
        }
    }
}
