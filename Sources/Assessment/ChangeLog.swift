// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// How many changes there have been.
package struct ChangeCounts: Hashable, Sendable {
    /// Of targets: a status, a breaker's state.
    package internal(set) var targets: UInt64 = 0
    /// Of the aggregate's status.
    package internal(set) var aggregate: UInt64 = 0
    /// Of groups, and of maintenance.
    package internal(set) var others: UInt64 = 0

    /// All of them, which is the sequence of the last one.
    var total: UInt64 { targets + aggregate + others }
}

/// The changes that nobody has taken yet, numbered from 1; of too many, the oldest are lost.
package struct ChangeLog {
    private let capacity: Int
    private var changes: [HealthChange] = []
    /// How many there have been, taken out or not.
    package private(set) var counts = ChangeCounts()

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func append(_ event: HealthChange.Event, at moment: Moment) {
        switch event {
        case .target: counts.targets += 1
        case .aggregate: counts.aggregate += 1
        case .group, .maintenance: counts.others += 1
        }
        if changes.count >= capacity { changes.removeFirst(capacity / 4) }
        changes.append(HealthChange(sequence: counts.total, moment: moment, event: event))
    }

    /// Whether there is nothing to take out.
    package var isEmpty: Bool { changes.isEmpty }

    mutating func takeAll() -> [HealthChange] {
        guard !changes.isEmpty else { return [] }
        return exchange(&changes, with: [])
    }
}
