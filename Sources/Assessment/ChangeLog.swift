// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The changes that nobody has taken yet, numbered from 1; of too many, the oldest are lost.
struct ChangeLog {
    private let capacity: Int
    private var changes: [HealthChange] = []
    private var count: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func append(_ event: HealthChange.Event, at moment: Moment) {
        count += 1
        if changes.count >= capacity { changes.removeFirst(capacity / 4) }
        changes.append(HealthChange(sequence: count, moment: moment, event: event))
    }

    mutating func takeAll() -> [HealthChange] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }
}
