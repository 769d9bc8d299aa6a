// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A bound on how long a test waits for a state of the outside world; generous, so that only a hang ever meets it.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(_ duration: Duration = .seconds(30)) {
        end = .now.advanced(by: duration)
    }

    var hasPassed: Bool { ContinuousClock.now >= end }

    /// What is left, as `poll` wants it.
    var milliseconds: CInt {
        let left = ContinuousClock.now.duration(to: end)
        return CInt(max(0, min(60_000, left / .milliseconds(1))))
    }

    /// Asks `condition` again and again until it gives a value; nil when the deadline passes first.
    ///
    /// Between two questions the thread waits on nothing for `pause`: the outside world has no event to offer.
    func wait<Value>(every pause: Duration = .milliseconds(20), for condition: () throws -> Value?) rethrows -> Value? {
        while true {
            if let value = try condition() { return value }
            if hasPassed { return nil }
            _ = poll(nil, 0, CInt(pause / .milliseconds(1)))
        }
    }
}
