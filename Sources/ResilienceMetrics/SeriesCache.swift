// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// The series of one policy under one name.
protocol Series: Sendable {
    /// Makes the series with `name` as their label; `isShared` when they are those of several policies.
    init(_ name: String, isShared: Bool, _ factory: any MetricsFactory)

    /// Tells the metrics library that nothing will be recorded any more.
    func destroy()
}

/// Series by name: made once, kept until they are forgotten, and never more than the capacity.
///
/// The factory is called outside the lock. A generation tells a thread that makes series whether any were destroyed meanwhile: a
/// factory may hand out one handler for the same label twice, and then the new series were destroyed with the old ones.
final class SeriesCache<Entry: Series>: Sendable {
    private let factory: any MetricsFactory
    private let capacity: Int
    private let overflowName: String
    private let state = Locked(State())

    private struct State: Sendable {
        var entries: [String: Entry] = [:]
        var overflow: Entry?
        var generation = 0
    }

    private enum Answer: Sendable {
        case found(Entry)
        case missing(generation: Int, isOverflow: Bool)
    }

    init(factory: any MetricsFactory, capacity: Int, overflowName: String) {
        self.factory = factory
        self.capacity = capacity
        self.overflowName = overflowName
    }

    /// The series of `name`, made now if there are none; those of the overflow when there is no place.
    ///
    /// O(1); does not allocate when the series exist.
    func series(for name: String) -> Entry {
        while true {
            switch look(for: name) {
            case .found(let entry):
                return entry
            case .missing(let generation, let isOverflow):
                let fresh = Entry(isOverflow ? overflowName : name, isShared: isOverflow, factory)
                if let kept = keep(fresh, for: name, generation, isOverflow) { return kept }
            }
        }
    }

    /// Whether `name` has series of its own; makes none.
    func hasSeries(for name: String) -> Bool {
        state.withLock { $0.entries[name] != nil }
    }

    /// Destroys the series of `name`.
    func forget(_ name: String) {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: name) }) else { return }
        entry.destroy()
        state.withLock { state in
            state.generation += 1
            // Made while the old ones were being destroyed, and perhaps destroyed with them.
            state.entries[name] = nil
        }
    }

    private func look(for name: String) -> Answer {
        state.withLock { state in
            if let entry = state.entries[name] { return .found(entry) }
            guard state.entries.count >= capacity else {
                return .missing(generation: state.generation, isOverflow: false)
            }
            return state.overflow.map { .found($0) } ?? .missing(generation: state.generation, isOverflow: true)
        }
    }

    /// Keeps `fresh` unless somebody was faster; nil when it must be made again.
    private func keep(_ fresh: Entry, for name: String, _ generation: Int, _ isOverflow: Bool) -> Entry? {
        state.withLock { state in
            guard state.generation == generation else { return nil }
            if isOverflow {
                state.overflow = state.overflow ?? fresh
                return state.overflow
            }
            if let existing = state.entries[name] { return existing }
            guard state.entries.count < capacity else { return nil }
            state.entries[name] = fresh
            return fresh
        }
    }
}
