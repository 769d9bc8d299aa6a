// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// Adds the series of the places that scripts share, under the names that users of `Resilience` know.
    func writeBulkhead(_ scripts: BulkheadHealth, to text: inout MetricsText) {
        let labels = MetricsText.Labels(["name": "scripts"])
        text.begin("bulkhead_active_requests", .gauge, "Scripts that run.")
        text.sample(labels, scripts.active)
        text.begin("bulkhead_queued_requests", .gauge, "Scripts that wait for a place.")
        text.sample(labels, scripts.queued)
        let counters: [(String, MetricsText.Kind, String, UInt64)] = [
            ("total", .counter, "Scripts that got a place or were turned away.", scripts.total),
            ("rejected", .counterByOtherName, "Scripts turned away because too many waited.", scripts.rejected),
            ("timeout", .counterByOtherName, "Scripts that had no place by half of their time.", scripts.timedOut),
        ]
        for (word, kind, help, count) in counters {
            text.begin("bulkhead_requests_\(word)", kind, help)
            text.sample(labels, count)
        }
        text.begin(
            "bulkhead_queue_duration_seconds",
            .histogram,
            "How long scripts that got a place had waited for it.",
            unit: "seconds"
        )
        text.histogram(labels, scripts.wait)
    }
}
