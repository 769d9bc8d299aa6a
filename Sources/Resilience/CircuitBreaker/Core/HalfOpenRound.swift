// SPDX-License-Identifier: Apache-2.0

/// The calls of one half-open round.
///
/// A place is taken at admission and given back by a call that is ignored or cancelled, so a round cannot run out of places
/// without a verdict.
struct HalfOpenRound: Sendable {
    private(set) var inFlight = 0
    private(set) var settled = OutcomeCounts()

    func hasRoom(_ configuration: CircuitBreakerConfiguration) -> Bool {
        let concurrent = configuration.halfOpenMaxConcurrent ?? configuration.halfOpenMaxCalls
        return inFlight < concurrent && settled.calls + inFlight < configuration.halfOpenMaxCalls
    }

    mutating func admit() {
        inFlight += 1
    }

    mutating func giveBack() {
        inFlight -= 1
    }

    mutating func settle(_ outcome: CallOutcome) {
        inFlight -= 1
        settled.add(outcome)
    }

    enum Verdict {
        case pending
        case close
        case open(TripReason)
    }

    func verdict(_ configuration: CircuitBreakerConfiguration) -> Verdict {
        switch configuration.halfOpenVerdict {
        case .count: verdictByCount(configuration)
        case .rate: verdictByRate(configuration)
        }
    }

    private func verdictByCount(_ configuration: CircuitBreakerConfiguration) -> Verdict {
        if settled.failures > 0 { return .open(.halfOpenFailure) }
        guard settled.successes >= configuration.successThreshold else { return .pending }
        if let threshold = configuration.slowCallRateThreshold, let rate = settled.slowCallRate, rate >= threshold {
            return .open(.halfOpenSlowCallRate(settled, threshold: threshold))
        }
        return .close
    }

    /// Dividing by the calls of the whole round makes a rate that has reached its threshold final: it can only grow.
    private func verdictByRate(_ configuration: CircuitBreakerConfiguration) -> Verdict {
        let calls = Double(configuration.halfOpenMaxCalls)
        if let threshold = configuration.failureRateThreshold, Double(settled.failures) / calls >= threshold {
            return .open(.halfOpenFailureRate(settled, threshold: threshold))
        }
        if let threshold = configuration.slowCallRateThreshold, Double(settled.slowCalls) / calls >= threshold {
            return .open(.halfOpenSlowCallRate(settled, threshold: threshold))
        }
        return settled.calls >= configuration.halfOpenMaxCalls ? .close : .pending
    }
}
