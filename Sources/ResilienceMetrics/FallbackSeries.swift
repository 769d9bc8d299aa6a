// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// The series of one fallback.
final class FallbackSeries: Series {
    private let answers: LabelledCounters<String>

    init(_ name: String, isShared: Bool, _ factory: any MetricsFactory) {
        answers = LabelledCounters { source in
            Counter(
                label: "fallback_answers_total",
                dimensions: [("name", name), ("source", source)],
                factory: factory
            )
        }
    }

    /// Counts an answer; nil for none.
    func answer(from source: FallbackSource?) {
        answers.increment(source?.label ?? "none")
    }

    func destroy() {
        answers.destroy()
    }
}

extension FallbackSource {
    /// The value of the label `source`.
    fileprivate var label: String {
        switch self {
        case .operation: "operation"
        case .call: "call"
        case .cache: "cache"
        case .value: "value"
        }
    }
}
