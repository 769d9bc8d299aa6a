// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What will happen in the simulated world, in order of time; equal instants in the order they were entered.
struct Agenda {
    private struct Entry {
        var instant: MonotonicInstant
        var sequence: UInt64
        var action: @Sendable () -> Void

        func isBefore(_ other: Entry) -> Bool {
            instant == other.instant ? sequence < other.sequence : instant < other.instant
        }
    }

    /// The next entry is the last.
    private var entries: [Entry] = []
    private var sequence: UInt64 = 0

    /// When the next thing happens.
    var next: MonotonicInstant? { entries.last?.instant }

    /// Enters something; logarithmic search, linear insertion.
    mutating func add(at instant: MonotonicInstant, _ action: @escaping @Sendable () -> Void) {
        sequence += 1
        let entry = Entry(instant: instant, sequence: sequence, action: action)
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entry.isBefore(entries[middle]) { low = middle + 1 } else { high = middle }
        }
        entries.insert(entry, at: low)
    }

    /// Takes out the next thing that happens at or before `now`.
    mutating func popDue(at now: MonotonicInstant) -> (@Sendable () -> Void)? {
        guard let next, next <= now else { return nil }
        return entries.removeLast().action
    }
}
