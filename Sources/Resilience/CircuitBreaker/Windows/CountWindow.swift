// SPDX-License-Identifier: Apache-2.0

/// The last so many outcomes, with running sums: the evicted outcome is subtracted, so recording is O(1).
struct CountWindow: Sendable {
    /// The largest window to which many successes can be added at once in a few microseconds.
    static let quickSize = 1_024

    let size: Int
    private(set) var counts = OutcomeCounts()
    private var outcomes: [CallOutcome] = []
    private var oldest = 0

    init(size: Int) {
        self.size = size
    }

    mutating func record(_ outcome: CallOutcome) {
        counts.add(outcome)
        guard outcomes.count == size else {
            outcomes.append(outcome)
            return
        }
        counts.subtract(outcomes[oldest])
        outcomes[oldest] = outcome
        oldest += 1
        if oldest == size { oldest = 0 }
    }

    /// Counts so many successes; O(the smaller of their number and the size).
    mutating func record(successes: Int) {
        for _ in 0..<min(successes, size) { record(CallOutcome(isFailure: false, isSlow: false)) }
    }

    mutating func removeAll() {
        counts = OutcomeCounts()
        outcomes.removeAll(keepingCapacity: true)
        oldest = 0
    }
}
