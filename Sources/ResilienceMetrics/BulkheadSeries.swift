// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// The series of one bulkhead.
///
/// Active and queued calls are counted up and down, not set: facts of calls at the same time arrive in any order.
final class BulkheadSeries: Series {
    private let active: Meter
    private let queued: Meter
    private let total: Counter
    private let rejected: Counter
    private let timeouts: Counter
    private let duration: Timer

    init(_ name: String, isShared: Bool, _ factory: any MetricsFactory) {
        let label = [("name", name)]
        active = Meter(label: "bulkhead_active_requests", dimensions: label, factory: factory)
        queued = Meter(label: "bulkhead_queued_requests", dimensions: label, factory: factory)
        total = Counter(label: "bulkhead_requests_total", dimensions: label, factory: factory)
        rejected = Counter(label: "bulkhead_requests_rejected", dimensions: label, factory: factory)
        timeouts = Counter(label: "bulkhead_requests_timeout", dimensions: label, factory: factory)
        duration = Timer(
            label: "bulkhead_queue_duration_seconds",
            dimensions: label,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
    }

    func queue() { queued.increment() }

    func unqueue() { queued.decrement() }

    func admit(after wait: Duration) {
        total.increment()
        active.increment()
        duration.record(wait)
    }

    func reject(_ rejection: BulkheadRejection) {
        total.increment()
        switch rejection {
        case .full: rejected.increment()
        case .timedOut: timeouts.increment()
        case .cancelled: break
        }
    }

    func release() { active.decrement() }

    func destroy() {
        for meter in [active, queued] { meter.destroy() }
        for counter in [total, rejected, timeouts] { counter.destroy() }
        duration.destroy()
    }
}
