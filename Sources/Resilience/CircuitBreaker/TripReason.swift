// SPDX-License-Identifier: Apache-2.0

/// The rule that opened a breaker, with the arithmetic behind it.
public enum TripReason: Sendable, Hashable, CustomStringConvertible {
    /// So many failures in a row.
    case consecutiveFailures(Int)
    /// So many failures among the last few calls.
    case slidingFailures(_ failures: Int, of: Int)
    /// The failure rate of the window reached its threshold.
    case failureRate(OutcomeCounts, threshold: Double)
    /// The share of slow calls in the window reached its threshold.
    case slowCallRate(OutcomeCounts, threshold: Double)
    /// A call failed while half-open, in a verdict by count.
    case halfOpenFailure
    /// The failure rate of the half-open round reached its threshold.
    case halfOpenFailureRate(OutcomeCounts, threshold: Double)
    /// The share of slow calls in the half-open round reached its threshold.
    case halfOpenSlowCallRate(OutcomeCounts, threshold: Double)
    /// The half-open round ended without a verdict after this wait.
    case halfOpenExpired(Duration)
    /// Something other than a call asked for it: an SLO, a program.
    case signal(String)
    /// The breaker was made open.
    case initialState
    /// The breaker was open when its state was saved.
    case restored

    /// Whether failed calls met the rule, so that the last failure is its cause.
    var isAboutFailures: Bool {
        switch self {
        case .consecutiveFailures, .slidingFailures, .failureRate, .halfOpenFailure, .halfOpenFailureRate: true
        case .slowCallRate, .halfOpenSlowCallRate, .halfOpenExpired, .signal, .initialState, .restored: false
        }
    }

    /// The rule in words: `3 consecutive failures`, `60 % of 10 calls failed (threshold 50 %)`.
    public var description: String {
        switch self {
        case .consecutiveFailures(let count):
            "\(count) consecutive \(count == 1 ? "failure" : "failures")"
        case .slidingFailures(let failures, let size):
            "\(failures) failures among the last \(size) calls"
        case .failureRate(let counts, let threshold):
            "\(percent(counts.failureRate ?? 0)) of \(counts.calls) calls failed (threshold \(percent(threshold)))"
        case .slowCallRate(let counts, let threshold):
            "\(percent(counts.slowCallRate ?? 0)) of \(counts.calls) calls were slow (threshold \(percent(threshold)))"
        case .halfOpenFailure:
            "a failure while half-open"
        case .halfOpenFailureRate(let counts, let threshold):
            "\(counts.failures) of \(counts.calls) half-open calls failed (threshold \(percent(threshold)))"
        case .halfOpenSlowCallRate(let counts, let threshold):
            "\(counts.slowCalls) of \(counts.calls) half-open calls were slow (threshold \(percent(threshold)))"
        case .halfOpenExpired(let wait):
            "no verdict within \(wait.text) while half-open"
        case .signal(let text):
            text
        case .initialState:
            "its initial state"
        case .restored:
            "its saved state"
        }
    }
}

/// A fraction as a percentage with at most one decimal: `62.5 %`, `50 %`.
func percent(_ fraction: Double) -> String {
    let tenths = (fraction * 1_000).rounded()
    guard tenths.isFinite, abs(tenths) < 1e15 else { return "\(fraction * 100) %" }
    let whole = Int64(tenths)
    return whole % 10 == 0 ? "\(whole / 10) %" : "\(whole / 10).\(abs(whole % 10)) %"
}
