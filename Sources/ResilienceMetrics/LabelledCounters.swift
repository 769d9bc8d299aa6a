// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// Counters of one metric that differ in labels from a small fixed set; each is made when it first counts.
final class LabelledCounters<Key: Hashable & Sendable>: Sendable {
    private let make: @Sendable (Key) -> Counter
    private let state = Locked(State())

    private struct State: Sendable {
        var counters: [Key: Counter] = [:]
        var isDestroyed = false
    }

    init(_ make: @escaping @Sendable (Key) -> Counter) {
        self.make = make
    }

    /// Counts one.
    func increment(_ key: Key) {
        if let counter = state.withLock({ $0.counters[key] }) {
            counter.increment()
            return
        }
        let fresh = make(key)
        let kept = state.withLock { state -> Counter? in
            guard !state.isDestroyed else { return nil }
            let kept = state.counters[key] ?? fresh
            state.counters[key] = kept
            return kept
        }
        if let kept { kept.increment() } else { fresh.destroy() }
    }

    /// Destroys all counters; nothing is counted any more.
    func destroy() {
        let counters = state.withLock { state in
            state.isDestroyed = true
            defer { state.counters = [:] }
            return Array(state.counters.values)
        }
        for counter in counters { counter.destroy() }
    }
}
