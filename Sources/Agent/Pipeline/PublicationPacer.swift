// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Decides when the next snapshot is worth publishing.
///
/// A snapshot is linear in the number of targets, and thousands of targets can fail in the same second. So the aggregate's status
/// is published at once, a target's change at once unless the last snapshot is younger than 50 ms, and mere counters once a
/// second.
struct PublicationPacer {
    /// What makes a snapshot worth publishing.
    enum Cause {
        /// The aggregate's status changed.
        case aggregate
        /// A target's status or breaker, or the list of targets changed.
        case target
        /// An outcome changed counters.
        case counters
    }

    /// The least time between two snapshots because of targets.
    static let targetGap = Duration.milliseconds(50)
    /// The least time between two snapshots because of counters.
    static let counterGap = Duration.seconds(1)

    /// When the next snapshot is due; nil while nothing has changed.
    private(set) var due: MonotonicInstant?
    private var last: MonotonicInstant?

    /// Takes note of a cause.
    mutating func note(_ cause: Cause, now: MonotonicInstant) {
        let gap: Duration
        switch cause {
        case .aggregate: gap = .zero
        case .target: gap = Self.targetGap
        case .counters: gap = Self.counterGap
        }
        let earliest = max(now, last?.advanced(by: gap) ?? now)
        due = min(due ?? earliest, earliest)
    }

    /// Whether a snapshot is due.
    func isDue(now: MonotonicInstant) -> Bool {
        due.map { $0 <= now } ?? false
    }

    /// Takes note that a snapshot was published.
    mutating func published(now: MonotonicInstant) {
        last = now
        due = nil
    }
}
