// SPDX-License-Identifier: Apache-2.0

extension CircuitBreakerSnapshot {
    /// Why the breaker is in its state, in one sentence: `open for 3 consecutive failures: connect refused; half-opens in 4.2 s`.
    public var explanation: String {
        switch state {
        case .closed: "closed; \(countsText)"
        case .open: openText
        case .halfOpen: "half-open; \(progressText)"
        case .forcedOpen, .disabled: state.text + operatorText
        case .metricsOnly:
            "\(state.text)\(operatorText); would have opened \(totals.wouldHaveOpened) times; \(countsText)"
        }
    }

    private var openText: String {
        let reason = trip.map { " for \($0)" } ?? ""
        let cause = tripCause.map { ": \($0)" } ?? ""
        let wait = remainingOpenTime.map { "; half-opens in \($0.text)" } ?? ""
        return "open" + reason + cause + wait
    }

    private var countsText: String {
        guard counts.calls > 0 else { return "no calls in the window" }
        var text = "\(counts.failures) of \(counts.calls) calls failed"
        if let failureRate, let threshold = thresholds.failureRate {
            text += " (\(percent(failureRate)), opens at \(percent(threshold)))"
        } else if thresholds.failureRate != nil || thresholds.slowCallRate != nil {
            text += " (rates count from \(thresholds.minimumCalls) calls)"
        }
        if let slowCallRate {
            text += ", \(counts.slowCalls) were slow (\(percent(slowCallRate))"
            text += thresholds.slowCallRate.map { ", opens at \(percent($0)))" } ?? ")"
        }
        if consecutiveFailures > 0, let threshold = thresholds.consecutiveFailures {
            text += ", \(consecutiveFailures) in a row (opens at \(threshold))"
        }
        return text
    }

    private var progressText: String {
        guard let halfOpen else { return "" }
        let inFlight = halfOpen.inFlight > 0 ? ", \(halfOpen.inFlight) in flight" : ""
        if let successThreshold = halfOpen.successThreshold {
            return "\(halfOpen.settled.successes) of \(successThreshold) successes that close it" + inFlight
        }
        return "\(halfOpen.settled.calls) of \(halfOpen.maximumCalls) trial calls done, "
            + "\(halfOpen.settled.failures) failed" + inFlight
    }

    private var operatorText: String {
        guard let operatorRequest else { return state == .disabled ? " by its configuration" : "" }
        return " \(operatorRequest)" + (remainingOperatorTime.map { "; for another \($0.text)" } ?? "")
    }
}
