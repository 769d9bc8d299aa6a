// SPDX-License-Identifier: Apache-2.0

/// The window of the rates, of either shape.
///
/// Two optionals instead of an enum: each is changed in place, where the payload of an enum would be copied out and back.
struct OutcomeWindow: Sendable {
    let shape: OutcomeWindowShape
    private var timeWindow: TimeWindow?
    private var countWindow: CountWindow?

    init(shape: OutcomeWindowShape) {
        self.shape = shape
        switch shape {
        case .time(let duration, let buckets): timeWindow = TimeWindow(duration: duration, buckets: buckets)
        case .count(let size): countWindow = CountWindow(size: size)
        }
    }

    var counts: OutcomeCounts {
        timeWindow?.counts ?? countWindow?.counts ?? OutcomeCounts()
    }

    mutating func record(_ outcome: CallOutcome, now: Duration) {
        timeWindow?.record(outcome, now: now)
        countWindow?.record(outcome)
    }

    /// Counts so many successes; for times before ``quietEnd``.
    mutating func record(successes: Int) {
        timeWindow?.record(successes: successes)
        countWindow?.record(successes: successes)
    }

    /// Until when a success changes nothing but counts, in the ticks of ``SuccessLane``; nil when it always may.
    var quietEnd: Int64? {
        if let timeWindow {
            guard let end = timeWindow.quietEnd else { return SuccessLane.Limits.passed }
            return min(SuccessLane.ticks(end), SuccessLane.Limits.none - 1)
        }
        guard let countWindow, countWindow.size <= CountWindow.quickSize else { return nil }
        return SuccessLane.Limits.none
    }

    /// Forgets what has left a time window.
    mutating func expire(now: Duration) {
        timeWindow?.expire(now: now)
    }

    mutating func removeAll() {
        timeWindow?.removeAll()
        countWindow?.removeAll()
    }
}
