// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// Adds the breakers' series, under the names that users of `Resilience` know.
    func writeBreakers(of targets: [TargetHealth], to text: inout PrometheusText) {
        text.begin("circuit_breaker_state", .gauge, "0 closed, 1 open, 2 half-open.")
        for target in targets {
            text.sample(["name": target.name.text], target.breaker.state.number)
        }
        text.begin(
            "circuit_breaker_requests_total",
            .counter,
            "Everything that asked the breaker: successful, failed and rejected."
        )
        for target in targets {
            let breaker = target.breaker
            text.sample(["name": target.name.text], breaker.succeeded &+ breaker.failed &+ breaker.rejected)
        }
        let counters: [(String, String, KeyPath<BreakerHealth, UInt64>)] = [
            ("successful", "Outcomes that counted as a success.", \.succeeded),
            ("failed", "Outcomes that counted as a failure.", \.failed),
            ("rejected", "Probes the breaker did not admit.", \.rejected),
        ]
        for (word, help, count) in counters {
            text.begin("circuit_breaker_requests_\(word)", .counter, help)
            for target in targets {
                text.sample(["name": target.name.text], target.breaker[keyPath: count])
            }
        }
        text.begin("circuit_breaker_state_transitions", .counter, "Changes of the breaker's state.")
        for target in targets {
            for from in BreakerHealth.State.allCases {
                for to in BreakerHealth.State.allCases {
                    guard let count = target.breaker.transitions[.init(from: from, to: to)] else { continue }
                    text.sample(["name": target.name.text, "from": from.rawValue, "to": to.rawValue], count)
                }
            }
        }
        text.begin("circuit_breaker_request_duration_seconds", .histogram, "Duration of what the breaker admitted.")
        for target in targets {
            text.histogram(["name": target.name.text], target.counters.duration)
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
