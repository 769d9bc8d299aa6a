// SPDX-License-Identifier: Apache-2.0

/// What was taken of one limit: the instant when it will be used up at the steady rate, and what was given up in between.
///
/// Whoever waits keeps the moment that was promised to it. So permits given up in the middle are not taken by anybody else, or
/// else two callers would start at the moment of one; they come back when those that were reserved after them are given up too.
struct TakenPermits: Sendable {
    /// Tells this from another one under the same key.
    let epoch: UInt64
    private(set) var usedUpAt: Duration
    /// The beginnings of what was given up, by their ends.
    private var givenUp: [Duration: Duration] = [:]
    private var sweepAt = 16

    init(now: Duration, epoch: UInt64 = 0) {
        usedUpAt = now
        self.epoch = epoch
    }

    mutating func take(until end: Duration) {
        usedUpAt = end
    }

    /// Gives up what was taken from `start` to `end`.
    mutating func giveUp(from start: Duration, to end: Duration, now: Duration) {
        guard end == usedUpAt else {
            givenUp[end] = start
            sweep(now)
            return
        }
        usedUpAt = start
        while let start = givenUp.removeValue(forKey: usedUpAt) { usedUpAt = start }
    }

    /// Forgets what has passed; at most half of what was looked at is looked at again.
    private mutating func sweep(_ now: Duration) {
        guard givenUp.count >= sweepAt else { return }
        givenUp = givenUp.filter { $0.key > now }
        sweepAt = 2 * givenUp.count + 16
    }
}
