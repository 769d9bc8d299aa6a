// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// The series of one circuit breaker.
final class BreakerSeries: Series {
    /// Nil where several breakers share the series: they have no state in common.
    private let state: Meter?
    private let total: Counter
    private let successful: Counter
    private let failed: Counter
    private let rejected: Counter
    private let duration: Timer
    private let transitions: LabelledCounters<Transition>

    private struct Transition: Hashable {
        var from: CircuitBreakerState
        var to: CircuitBreakerState
    }

    init(_ name: String, isShared: Bool, _ factory: any MetricsFactory) {
        let label = [("name", name)]
        state = isShared ? nil : Meter(label: "circuit_breaker_state", dimensions: label, factory: factory)
        total = Counter(label: "circuit_breaker_requests_total", dimensions: label, factory: factory)
        successful = Counter(label: "circuit_breaker_requests_successful", dimensions: label, factory: factory)
        failed = Counter(label: "circuit_breaker_requests_failed", dimensions: label, factory: factory)
        rejected = Counter(label: "circuit_breaker_requests_rejected", dimensions: label, factory: factory)
        duration = Timer(
            label: "circuit_breaker_request_duration_seconds",
            dimensions: label,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
        transitions = LabelledCounters { transition in
            Counter(
                label: "circuit_breaker_state_transitions",
                dimensions: label + [("from", transition.from.label), ("to", transition.to.label)],
                factory: factory
            )
        }
    }

    func begin(as state: CircuitBreakerState) {
        self.state?.set(state.metricValue)
    }

    func end(_ end: CallEnd, after duration: Duration) {
        total.increment()
        switch end {
        case .success: successful.increment()
        case .failure: failed.increment()
        case .ignored, .cancelled: return
        }
        self.duration.record(duration)
    }

    func reject() {
        total.increment()
        rejected.increment()
    }

    func change(_ event: CircuitBreakerEvent) {
        transitions.increment(Transition(from: event.from, to: event.to))
        state?.set(event.to.metricValue)
    }

    func destroy() {
        state?.destroy()
        for counter in [total, successful, failed, rejected] { counter.destroy() }
        duration.destroy()
        transitions.destroy()
    }
}

extension CircuitBreakerState {
    /// The value of the labels `from` and `to`.
    fileprivate var label: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half-open"
        case .forcedOpen: "forced-open"
        case .disabled: "disabled"
        case .metricsOnly: "metrics-only"
        }
    }
}
