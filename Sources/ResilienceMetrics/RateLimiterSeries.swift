// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// The series of one rate limiter.
final class RateLimiterSeries: Series {
    private let total: Counter
    private let rejected: Counter
    private let wait: Timer

    init(_ name: String, isShared: Bool, _ factory: any MetricsFactory) {
        let label = [("name", name)]
        total = Counter(label: "rate_limiter_requests_total", dimensions: label, factory: factory)
        rejected = Counter(label: "rate_limiter_requests_rejected", dimensions: label, factory: factory)
        wait = Timer(
            label: "rate_limiter_wait_duration_seconds",
            dimensions: label,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
    }

    func allow(after wait: Duration) {
        total.increment()
        self.wait.record(wait)
    }

    func reject(_ rejection: RateLimitRejection) {
        total.increment()
        if case .exceeded = rejection { rejected.increment() }
    }

    func destroy() {
        for counter in [total, rejected] { counter.destroy() }
        wait.destroy()
    }
}
