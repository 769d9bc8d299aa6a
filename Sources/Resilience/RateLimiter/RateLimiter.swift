// SPDX-License-Identifier: Apache-2.0

/// Bounds how many calls start per period, smoothly and with an exact wait.
///
/// ```swift
/// let limiter = RateLimiter(.perSecond(100))
/// switch limiter.tryAcquire() {
/// case .allowed: serve()
/// case .limited(let retryAfter): refuse(429, retryAfter)
/// }
/// ```
///
/// After a pause a burst can start at once; then permits come back one by one, not all at the edge of a period. It needs no timer,
/// and a decision is a few additions under a lock.
///
/// It is not a bulkhead: it does not know how long a call takes.
public final class RateLimiter: Sendable {
    /// The name that an observer is told.
    public let name: String
    /// The limit.
    public let limit: RateLimit
    private let schedule: VirtualSchedule
    private let time: TimeSource
    private let observer: (any ResilienceObserver)?
    private let taken: Locked<TakenPermits>

    /// Makes a limiter with a full burst.
    ///
    /// - Parameters:
    ///   - limit: the limit.
    ///   - name: the name that an observer is told; default `rate limiter`.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - observer: told of every call; default none.
    public init(
        _ limit: RateLimit,
        name: String = "rate limiter",
        time: TimeSource = TimeSource(),
        observer: (any ResilienceObserver)? = nil
    ) {
        self.name = name
        self.observer = observer
        self.limit = limit
        self.time = time
        schedule = VirtualSchedule(limit)
        taken = Locked(TakenPermits(now: time.now()))
    }

    /// Takes permits if they are available now; never waits.
    ///
    /// - Parameter permits: how many, 1 to the burst.
    /// - Returns: whether the call may go ahead, or how long until it may.
    public func tryAcquire(_ permits: Int = 1) -> RateLimitDecision {
        require(permits)
        let now = time.now()
        let decision = taken.withLock { schedule.decide(permits, &$0, now: now) }
        observer?.rateLimiter(name, didDecide: decision)
        return decision
    }

    /// Takes permits, waiting for them in order of arrival.
    ///
    /// The moment of the call is fixed at once. A wait that would be too long is refused at once and takes nothing. One that is
    /// cancelled gives its permits back, as soon as nobody who came later waits any more: nobody is moved forward, so that the
    /// limit holds at every moment.
    ///
    /// - Parameters:
    ///   - permits: how many, 1 to the burst.
    ///   - maxWait: the longest wait; a nearer deadline shortens it.
    /// - Throws: ``RateLimitRejection``.
    nonisolated(nonsending) public func acquire(
        _ permits: Int = 1,
        within maxWait: Duration
    ) async throws(RateLimitRejection) {
        require(permits)
        let now = time.now()
        let end = Deadline.instant(on: time, now: now, limit: maxWait) ?? now
        let reserved = taken.withLock { schedule.reserve(permits, within: max(end - now, .zero), &$0, now: now) }
        switch reserved {
        case .failure(let tooLong):
            throw rejected(.exceeded(retryAfter: tooLong.wait))
        case .success(let reservation):
            do {
                if reservation.wait > .zero { try await time.sleep(until: now + reservation.wait) }
                observer?.rateLimiter(name, didAllowAfter: reservation.wait)
            } catch {
                let now = time.now()
                taken.withLock { schedule.giveBack(reservation, &$0, now: now) }
                throw rejected(.cancelled)
            }
        }
    }

    private func rejected(_ rejection: RateLimitRejection) -> RateLimitRejection {
        observer?.rateLimiter(name, didReject: rejection)
        return rejection
    }

    private func require(_ permits: Int) {
        precondition(
            (1...limit.burst).contains(permits),
            "\(permits) permits is not in 1 to the burst of \(limit.burst)"
        )
    }
}

extension VirtualSchedule {
    /// Takes `permits` when they are available now.
    func decide(_ permits: Int, _ taken: inout TakenPermits, now: Duration) -> RateLimitDecision {
        switch reserve(permits, within: .zero, &taken, now: now) {
        case .success: .allowed(remaining: remaining(usedUpAt: taken.usedUpAt, now: now))
        case .failure(let tooLong): .limited(retryAfter: tooLong.wait)
        }
    }
}
