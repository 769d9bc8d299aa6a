// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// Adds the breakers' series, under the names that users of `Resilience` know.
    func writeBreakers(of targets: [MeasuredTarget], to text: inout MetricsText) {
        text.begin("circuit_breaker_state", .gauge, "0 closed, 1 open, 2 half-open.")
        for target in targets {
            text.sample(target.breakerLabels, target.health.breaker.state.number)
        }
        text.begin(
            "circuit_breaker_requests_total",
            .counter,
            "Everything that asked the breaker: successful, failed and rejected."
        )
        for target in targets {
            let breaker = target.health.breaker
            text.sample(target.breakerLabels, breaker.succeeded &+ breaker.failed &+ breaker.rejected)
        }
        let counters: [(String, String, KeyPath<BreakerHealth, UInt64>)] = [
            ("successful", "Outcomes that counted as a success.", \.succeeded),
            ("failed", "Outcomes that counted as a failure.", \.failed),
            ("rejected", "Probes the breaker did not admit.", \.rejected),
        ]
        for (word, help, count) in counters {
            text.begin("circuit_breaker_requests_\(word)", .counterByOtherName, help)
            for target in targets {
                text.sample(target.breakerLabels, target.health.breaker[keyPath: count])
            }
        }
        text.begin("circuit_breaker_state_transitions", .counterByOtherName, "Changes of the breaker's state.")
        for target in targets where !target.health.breaker.transitions.isEmpty {
            for (transition, labels) in Self.transitionLabels {
                guard let count = target.health.breaker.transitions[transition] else { continue }
                text.sample(target.breakerLabels, and: labels, count)
            }
        }
        text.begin(
            "circuit_breaker_request_duration_seconds",
            .histogram,
            "Duration of what the breaker admitted.",
            unit: "seconds"
        )
        for target in targets {
            text.histogram(target.breakerLabels, target.health.counters.duration)
        }
    }

    private static let transitionLabels = BreakerHealth.State.allCases.flatMap { from in
        BreakerHealth.State.allCases.map { to in
            (
                BreakerHealth.Transition(from: from, to: to),
                MetricsText.Labels(["from": from.rawValue, "to": to.rawValue])
            )
        }
    }
}

extension BreakerHealth.State {
    fileprivate var number: Int {
        switch self {
        case .closed: 0
        case .open: 1
        case .halfOpen: 2
        }
    }
}
