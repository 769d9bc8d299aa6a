// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// The series of one retry policy.
final class RetrySeries: Series {
    private let retries: Counter
    private let wait: Timer
    private let calls: LabelledCounters<String>

    init(_ name: String, isShared: Bool, _ factory: any MetricsFactory) {
        let label = [("name", name)]
        retries = Counter(label: "retry_retries_total", dimensions: label, factory: factory)
        wait = Timer(
            label: "retry_wait_duration_seconds",
            dimensions: label,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
        calls = LabelledCounters { outcome in
            Counter(label: "retry_calls_total", dimensions: label + [("outcome", outcome)], factory: factory)
        }
    }

    func retry(after wait: Duration) {
        retries.increment()
        self.wait.record(wait)
    }

    func end(_ reason: RetryStopReason?) {
        calls.increment(reason?.label ?? "success")
    }

    func destroy() {
        retries.destroy()
        wait.destroy()
        calls.destroy()
    }
}

extension RetryStopReason {
    /// The value of the label `outcome`.
    fileprivate var label: String {
        switch self {
        case .exhausted: "exhausted"
        case .notRetryable: "not_retryable"
        case .circuitOpen: "circuit_open"
        case .budgetSpent: "budget_spent"
        case .deadline: "deadline"
        case .cancelled: "cancelled"
        }
    }
}
