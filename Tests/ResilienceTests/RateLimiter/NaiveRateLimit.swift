// SPDX-License-Identifier: Apache-2.0

import Resilience

/// A token bucket that keeps a list of all it has ever given out, in exact arithmetic.
struct NaiveRateLimit {
    let interval: Duration
    let burst: Int
    private(set) var reservations: [Reservation] = []

    struct Reservation {
        var permits: Int
        /// When the bucket will have made up for it.
        var end: Duration
        /// When the call may start.
        var start: Duration
        var isGivenUp = false
    }

    init(_ limit: RateLimit) {
        interval = limit.period / limit.count
        burst = limit.burst
    }

    /// The debt of the bucket, as time.
    private func debt(_ now: Duration) -> Duration {
        max(.zero, (reservations.last { !$0.isGivenUp }?.end ?? now) - now)
    }

    func wait(_ permits: Int, _ now: Duration) -> Duration {
        max(.zero, debt(now) + interval * permits - interval * burst)
    }

    mutating func take(_ permits: Int, _ now: Duration) {
        let start = now + wait(permits, now)
        reservations.append(Reservation(permits: permits, end: now + debt(now) + interval * permits, start: start))
    }

    mutating func decide(_ permits: Int, _ now: Duration) -> RateLimitDecision {
        let wait = wait(permits, now)
        guard wait == .zero else { return .limited(retryAfter: wait) }
        take(permits, now)
        let free = interval * burst - debt(now)
        return .allowed(remaining: (0...burst).last { interval * $0 <= free } ?? 0)
    }

    mutating func giveUp(_ position: Int) {
        reservations[position].isGivenUp = true
    }

    /// A time span in which more calls start than a burst and the rate allow.
    var overload: String? {
        let starts = reservations.filter { !$0.isGivenUp }.sorted { $0.start < $1.start }
        var level = Duration.zero
        var last = Duration.zero
        for reservation in starts {
            level = max(.zero, level - (reservation.start - last)) + interval * reservation.permits
            last = reservation.start
            if level > interval * burst { return "too many calls start until \(last)" }
        }
        return nil
    }
}
