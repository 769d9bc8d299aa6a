// SPDX-License-Identifier: Apache-2.0

/// The generic cell rate algorithm: one instant per key says everything.
///
/// The instant is when the permits taken so far would be used up at the steady rate. A permit may be taken while that is less
/// than a burst ahead of now (ITU-T I.371, virtual scheduling). There is no timer, and a key whose instant has passed is as good
/// as new.
struct VirtualSchedule: Sendable {
    private let interval: Duration
    /// How far ahead of now the permits taken may reach.
    private let tolerance: Duration

    init(_ limit: RateLimit) {
        interval = limit.period / limit.count
        tolerance = interval * limit.burst
    }

    /// The wait before `permits` may be taken.
    func wait(for permits: Int, usedUpAt: Duration, now: Duration) -> Duration {
        max(after(permits, usedUpAt: usedUpAt, now: now) - tolerance - now, .zero)
    }

    /// The instant after `permits` were taken.
    func after(_ permits: Int, usedUpAt: Duration, now: Duration) -> Duration {
        max(usedUpAt, now) + (permits == 1 ? interval : interval * permits)
    }

    /// How many permits could be taken now.
    func remaining(usedUpAt: Duration, now: Duration) -> Int {
        let free = tolerance - max(usedUpAt - now, .zero)
        guard free >= interval else { return 0 }
        // A quotient of 128-bit numbers costs more than the rest of a decision; this one is off by one at most.
        let estimate = Int(free / interval)
        if interval * estimate > free { return estimate - 1 }
        return interval * (estimate + 1) <= free ? estimate + 1 : estimate
    }

    /// Takes `permits` when they can be had within `maxWait`.
    ///
    /// - Returns: the reservation, or the wait that would have been too long.
    func reserve(
        _ permits: Int,
        within maxWait: Duration,
        _ taken: inout TakenPermits,
        now: Duration
    ) -> Result<Reservation, TooLong> {
        let wait = wait(for: permits, usedUpAt: taken.usedUpAt, now: now)
        guard wait <= maxWait else { return .failure(TooLong(wait: wait)) }
        taken.take(until: after(permits, usedUpAt: taken.usedUpAt, now: now))
        return .success(Reservation(permits: permits, wait: wait, end: taken.usedUpAt, epoch: taken.epoch))
    }

    /// Gives a reservation back whose time has not come yet.
    func giveBack(_ reservation: Reservation, _ taken: inout TakenPermits, now: Duration) {
        let end = reservation.end
        guard reservation.epoch == taken.epoch, end - tolerance > now else { return }
        taken.giveUp(from: end - interval * reservation.permits, to: end, now: now)
    }

    /// Permits that were taken, some of them in advance.
    struct Reservation: Sendable {
        var permits: Int
        /// How long to wait before they may be used.
        var wait: Duration
        fileprivate var end: Duration
        fileprivate var epoch: UInt64
    }

    struct TooLong: Error {
        var wait: Duration
    }
}
