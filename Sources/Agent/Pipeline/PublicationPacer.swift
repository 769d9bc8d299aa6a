// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Decides when the next snapshot is worth publishing.
///
/// A snapshot is linear in the number of targets, and thousands of targets can fail in the same second. So the aggregate's status
/// is published at once, a target's change at once unless the last snapshot is younger than 50 ms, or 10 µs for each target
/// where that is longer, and outcomes that change no status once a second. So snapshots cannot fill the loop, however many targets there
/// are and however often one of them changes. Verdicts of the shortest intervals are not believed for so long: new ones are published
/// before the published ones grow old.
struct PublicationPacer {
    /// What makes a snapshot worth publishing.
    enum Cause {
        /// The aggregate's status changed.
        case aggregate
        /// A target's status or breaker, or the list of targets changed.
        case target
        /// An outcome changed no status, but what is said of a target, or how long it is believed.
        case counters
    }

    /// The least time between two snapshots because of targets, and what of it there is for each target.
    static let shortestTargetGap = Duration.milliseconds(50)
    static let gapPerTarget = Duration.microseconds(10)
    /// The least time between two snapshots because of counters.
    static let counterGap = Duration.seconds(1)
    /// How long before a snapshot its rows begin to be made ready.
    static let preparation = Duration.milliseconds(250)
    /// What a turn of a busy loop takes at the most, which starts probes every 2 ms.
    static let turn = Duration.milliseconds(3)

    /// When the next snapshot is due; nil while nothing has changed.
    private(set) var due: MonotonicInstant?
    private var last: MonotonicInstant?
    private var targetGap = shortestTargetGap
    /// When new verdicts are to be published in any case, as the published ones will soon be too old.
    private var renewal: MonotonicInstant?

    /// Takes note of how many targets a snapshot shows.
    mutating func fit(targets: Int) {
        targetGap = max(Self.shortestTargetGap, Self.gapPerTarget * targets)
    }

    /// Takes note of a cause.
    mutating func note(_ cause: Cause, now: MonotonicInstant) {
        let earliest: MonotonicInstant
        switch cause {
        case .aggregate: earliest = now
        case .target: earliest = max(now, after(targetGap) ?? now)
        case .counters:
            // They are due after everything that makes a snapshot due.
            guard due == nil else { return }
            let inTime = MonotonicInstant.earlier(after(Self.counterGap), renewal)
            earliest = max(now, max(inTime ?? now, after(targetGap) ?? now))
        }
        due = min(due ?? earliest, earliest)
    }

    /// Whether a snapshot is due.
    func isDue(now: MonotonicInstant) -> Bool {
        due.map { $0 <= now } ?? false
    }

    /// Whether a snapshot is due so soon that what it shows may be made ready.
    func isNear(now: MonotonicInstant) -> Bool {
        due.map { $0 <= now.advanced(by: Self.preparation) } ?? false
    }

    /// How many turns a busy loop has before the next snapshot is due, at least 1.
    func turnsLeft(at now: MonotonicInstant) -> Int {
        max(1, due.map { Int(now.duration(to: $0) / Self.turn) } ?? 1)
    }

    /// Takes note that a snapshot was published.
    ///
    /// - Parameters:
    ///   - now: the present.
    ///   - nextAged: when the first of its verdicts will be too old; nil when none will.
    mutating func published(now: MonotonicInstant, nextAged: MonotonicInstant?) {
        last = now
        due = nil
        // A quarter of what is left is kept for a loop that is late.
        renewal = nextAged.map { now.advanced(by: now.duration(to: $0) * 3 / 4) }
    }

    private func after(_ gap: Duration) -> MonotonicInstant? { last?.advanced(by: gap) }
}
