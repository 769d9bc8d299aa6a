// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension BreakerSettings {
    /// Puts what is written into `policy`, which holds the built-in values, and checks what values mean together.
    ///
    /// A built-in bound follows the written value that it bounds: `success_threshold` a smaller `half_open_max_calls`,
    /// `minimum_calls` a smaller window, `backoff.max` a longer `open_for`. Every written one must fit.
    func apply(to policy: inout BreakerPolicy) {
        checkSuccessThreshold(policy)
        checkMinimumCalls(policy)
        checkBackoff(policy)
        checkSlowCall()
        checkSomethingOpens(policy)

        failureThreshold.apply(to: &policy.failureThreshold)
        if let rate = failureRate?.value { policy.failureRate = rate }
        window.apply(to: &policy.window)
        minimumCalls.apply(to: &policy.minimumCalls)
        if minimumCalls == nil, case .count(let size) = policy.window {
            policy.minimumCalls = min(policy.minimumCalls, size)
        }
        if let failures = slidingFailures?.value { policy.slidingFailures = failures }
        if let over = slowOver?.value, let rate = slowRate?.value {
            policy.slowCall = over.flatMap { over in rate.map { BreakerPolicy.SlowCall(over: over, rate: $0) } }
        }
        halfOpenMaximumCalls.apply(to: &policy.halfOpenMaximumCalls)
        successThreshold.apply(to: &policy.successThreshold)
        if successThreshold == nil {
            policy.successThreshold = min(policy.successThreshold, policy.halfOpenMaximumCalls)
        }
        halfOpenInterval.apply(to: &policy.halfOpenInterval)
        openDuration.apply(to: &policy.openDuration)
        backoffMultiplier.apply(to: &policy.backoff.multiplier)
        backoffMaximum.apply(to: &policy.backoff.maximum)
        if backoffMaximum == nil { policy.backoff.maximum = max(policy.backoff.maximum, policy.openDuration) }
        backoffJitter.apply(to: &policy.backoff.jitter)
        whileOpen.apply(to: &policy.whileOpen)
    }

    private func checkSuccessThreshold(_ builtIn: BreakerPolicy) {
        guard let needed = successThreshold?.value,
            let most = halfOpenMaximumCalls.effective(builtIn.halfOpenMaximumCalls), needed > most
        else { return }
        SettingConflict(
            first: .init(name: "success_threshold", value: "\(needed)", origin: successThreshold?.origin),
            firstRelation: "successes never fit into",
            second: .init(name: "half_open_max_calls", value: "\(most)", origin: halfOpenMaximumCalls?.origin),
            secondRelation: "calls never reach"
        ).report()
    }

    private func checkMinimumCalls(_ builtIn: BreakerPolicy) {
        guard let needed = minimumCalls?.value, case .count(let size)? = window.effective(builtIn.window), needed > size
        else { return }
        SettingConflict(
            first: .init(name: "minimum_calls", value: "\(needed)", origin: minimumCalls?.origin),
            firstRelation: "calls never fit into",
            second: .init(name: "window", value: "\(size) calls", origin: window?.origin),
            secondRelation: "never reach"
        ).report()
    }

    private func checkBackoff(_ builtIn: BreakerPolicy) {
        guard let longest = backoffMaximum?.value, let open = openDuration.effective(builtIn.openDuration),
            longest < open
        else { return }
        SettingConflict(
            first: .init(name: "backoff.max", value: DurationText.render(longest), origin: backoffMaximum?.origin),
            firstRelation: "is shorter than",
            second: .init(name: "open_for", value: DurationText.render(open), origin: openDuration?.origin),
            secondRelation: "is longer than"
        ).report()
    }

    private func checkSlowCall() {
        switch (slowOver, slowRate) {
        case (let over?, nil): refuseAlone(over.origin, missing: "rate")
        case (nil, let rate?): refuseAlone(rate.origin, missing: "over")
        case (let over?, let rate?) where over.isOff() && !rate.isOff() && rate.value != nil:
            refuseAlone(rate.origin, missing: "over")
        case (let over?, let rate?) where rate.isOff() && !over.isOff() && over.value != nil:
            refuseAlone(over.origin, missing: "rate")
        default: break
        }
    }

    private func refuseAlone(_ origin: SettingOrigin?, missing: String) {
        origin?.field.error("slow_call needs \(missing) too", DiagnosticDetail(.conflict))
    }

    /// A breaker that nothing opens leaves its target healthy for ever, whatever the probe finds.
    private func checkSomethingOpens(_ builtIn: BreakerPolicy) {
        guard let origin = failureThreshold?.origin, failureThreshold?.value == 0 else { return }
        let others = [failureRate?.isOff(), slidingFailures?.isOff(), slowOver?.isOff(), slowRate?.isOff()]
        guard others.allSatisfy({ $0 ?? true }) else { return }
        origin.field.error(
            "0 turns off the only rule that opens the breaker (set failure_rate, n_of_m or slow_call)",
            DiagnosticDetail(.neverHolds)
        )
    }
}
