// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension BreakerSettings {
    /// Warns of a rate over a time in which too few probes end for it to count: such a rule never opens the breaker.
    ///
    /// An error where it is the only rule, because its target would stay healthy whatever the probe finds. Probes of a closed
    /// breaker are an interval apart, less at most its jitter.
    func checkWindow(_ spec: ProbeSpec) {
        let policy = spec.breaker
        guard case .time(let window) = policy.window, policy.failureRate != nil || policy.slowCall != nil else {
            return
        }
        let interval = spec.interval * (1 - spec.jitter)
        let most = Int(window.inNanoseconds / max(1, interval.inNanoseconds)) + 1
        guard most < policy.minimumCalls else { return }
        let rule = policy.failureRate != nil ? "failure_rate" : "slow_call"
        guard let field = (failureRate?.field ?? slowOver?.field ?? slowRate?.field) else { return }
        let text =
            "the \(rule) of \(spec.name) never counts: at an interval of \(DurationText.render(spec.interval)) at most "
            + "\(most) \(most == 1 ? "call ends" : "calls end") within the window of \(DurationText.render(window)), "
            + "and minimum_calls is \(policy.minimumCalls)"
        if policy.failureThreshold == 0, policy.slidingFailures == nil {
            field.error(text, DiagnosticDetail(.neverHolds))
        } else {
            field.warning(text, DiagnosticDetail(.neverHolds))
        }
    }
}

extension Setting {
    /// Where it was written.
    fileprivate var field: Field? { origin?.field }
}
