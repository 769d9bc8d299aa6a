// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// The series of one connection pool; what comes and goes is counted up and down.
final class ConnectionPoolSeries: Series {
    private let open: Meter
    private let leased: Meter
    private let total: Counter
    private let failed: Counter
    private let openFailures: Counter
    private let duration: Timer

    init(_ name: String, isShared: Bool, _ factory: any MetricsFactory) {
        let label = [("name", name)]
        open = Meter(label: "connection_pool_open_connections", dimensions: label, factory: factory)
        leased = Meter(label: "connection_pool_leased_connections", dimensions: label, factory: factory)
        total = Counter(label: "connection_pool_acquires_total", dimensions: label, factory: factory)
        failed = Counter(label: "connection_pool_acquires_failed", dimensions: label, factory: factory)
        openFailures = Counter(label: "connection_pool_connections_failed", dimensions: label, factory: factory)
        duration = Timer(
            label: "connection_pool_acquire_duration_seconds",
            dimensions: label,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
    }

    func lease(after wait: Duration) {
        total.increment()
        leased.increment()
        duration.record(wait)
    }

    func refuse() {
        total.increment()
        failed.increment()
    }

    func takeBack() { leased.decrement() }

    func didOpen() { open.increment() }

    func didFailToOpen() { openFailures.increment() }

    func didClose() { open.decrement() }

    func destroy() {
        for meter in [open, leased] { meter.destroy() }
        for counter in [total, failed, openFailures] { counter.destroy() }
        duration.destroy()
    }
}
