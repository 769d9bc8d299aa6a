// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The last times for which a loop did not look at what was ready: because a turn took long, or because the thread did not run.
///
/// So much of a duration that was measured on the loop says nothing about the target. What is shorter than ``least`` is part of every
/// measurement and not kept, nor are more than ``most`` stalls; those that are forgotten count for nothing.
package struct StallRecord {
    /// The shortest standstill that is one.
    package static let least = Duration.milliseconds(50)
    /// How many are kept.
    package static let most = 16

    private var stalls: [(duration: Duration, end: MonotonicInstant)] = []
    /// The end of the last one, at hand because as good as always there was none since.
    private(set) var lastEnd = MonotonicInstant(nanoseconds: .min)

    package init() {}

    /// Takes note that nobody has looked for `duration` up to `end`, which is not before that of the last call.
    package mutating func note(_ duration: Duration, until end: MonotonicInstant) {
        guard duration >= Self.least else { return }
        if stalls.count == Self.most { stalls.removeFirst() }
        stalls.append((duration, end))
        lastEnd = end
    }

    /// How much of the time from `start` on was such.
    package func total(since start: MonotonicInstant) -> Duration {
        guard lastEnd > start else { return .zero }
        return stalls.reduce(.zero) { $0 + max(.zero, min($1.duration, start.duration(to: $1.end))) }
    }
}
