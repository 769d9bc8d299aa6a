// SPDX-License-Identifier: Apache-2.0

/// A retry budget in exact arithmetic, for whole milliseconds.
struct NaiveRetryBudget {
    /// Retries per call, in thousandths.
    let ratio: Int
    let perSecond: Int
    let capacity: Int
    private var earned = 0
    /// Thousandths of retries in the floor: a rate of n per second is n thousandths per millisecond.
    private var floor: Int

    init(ratio: Int, perSecond: Int, capacity: Int) {
        self.ratio = ratio
        self.perSecond = perSecond
        self.capacity = capacity
        floor = perSecond * 1_000
    }

    mutating func advance(milliseconds: Int) {
        floor = min(perSecond * 1_000, floor + perSecond * milliseconds)
    }

    mutating func deposit() {
        earned = min(capacity * 1_000, earned + ratio)
    }

    mutating func withdraw() -> Bool {
        if earned >= 1_000 {
            earned -= 1_000
        } else if floor >= 1_000 {
            floor -= 1_000
        } else {
            return false
        }
        return true
    }
}
