// SPDX-License-Identifier: Apache-2.0

/// A rate limit of its own for every client address, tenant, route or other key.
///
/// A key costs one instant and little else. Their number is bounded: a new key takes the place of one whose burst is full again, which loses
/// nothing. Where there is none, a key that was not used lately, or the new one, loses its debt; ``forgottenInDebt`` counts how often.
///
/// Where several limits apply, ask the narrow one (the client) before the wide one (everybody), or else one client uses up the
/// permits of all with calls that are refused anyway.
public final class KeyedRateLimiter<Key: Hashable & Sendable>: Sendable {
    /// The name that an observer is told, for all keys: what is measured must not grow with the number of clients.
    public let name: String
    /// The limit of every key.
    public let limit: RateLimit
    private let schedule: VirtualSchedule
    private let time: TimeSource
    private let observer: (any ResilienceObserver)?
    private let state: Locked<KeyedSchedules<Key>>

    /// Makes a limiter without keys.
    ///
    /// - Parameters:
    ///   - limit: the limit of every key.
    ///   - capacity: the most keys kept, at least 1; default 100,000.
    ///   - name: the name that an observer is told, for all keys; default `rate limiter`.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - observer: told of every call; default none.
    public init(
        _ limit: RateLimit,
        capacity: Int = 100_000,
        name: String = "rate limiter",
        time: TimeSource = TimeSource(),
        observer: (any ResilienceObserver)? = nil
    ) {
        precondition(capacity >= 1, "a capacity of \(capacity) keys is not at least 1")
        self.name = name
        self.observer = observer
        self.limit = limit
        self.time = time
        schedule = VirtualSchedule(limit)
        state = Locked(KeyedSchedules(registry: BoundedRegistry(capacity: capacity)))
    }

    /// How many keys are kept.
    public var count: Int {
        state.withLock { $0.registry.count }
    }

    /// How often a key was forgotten whose burst was not full again.
    public var forgottenInDebt: UInt64 {
        state.withLock { $0.forgottenInDebt }
    }

    /// Takes permits of `key` if they are available now; never waits.
    ///
    /// - Parameters:
    ///   - key: whose permits.
    ///   - permits: how many, 1 to the burst.
    /// - Returns: whether the call may go ahead, or how long until it may.
    public func tryAcquire(_ key: Key, _ permits: Int = 1) -> RateLimitDecision {
        require(permits)
        let now = time.now()
        let decision = state.withLock { state in
            state.update(key, now: now) { schedule.decide(permits, &$0, now: now) }
        }
        observer?.rateLimiter(name, didDecide: decision)
        return decision
    }

    /// Takes permits of `key`, waiting for them in order of arrival.
    ///
    /// - Parameters:
    ///   - key: whose permits.
    ///   - permits: how many, 1 to the burst.
    ///   - maxWait: the longest wait; a nearer deadline shortens it.
    /// - Throws: ``RateLimitRejection``.
    nonisolated(nonsending) public func acquire(
        _ key: Key,
        _ permits: Int = 1,
        within maxWait: Duration
    ) async throws(RateLimitRejection) {
        require(permits)
        let now = time.now()
        let end = Deadline.instant(on: time, now: now, limit: maxWait) ?? now
        let reserved = state.withLock { state in
            state.update(key, now: now) {
                schedule.reserve(permits, within: max(end - now, .zero), &$0, now: now)
            }
        }
        switch reserved {
        case .failure(let tooLong):
            throw rejected(.exceeded(retryAfter: tooLong.wait))
        case .success(let reservation):
            do {
                if reservation.wait > .zero { try await time.sleep(until: now + reservation.wait) }
                observer?.rateLimiter(name, didAllowAfter: reservation.wait)
            } catch {
                let now = time.now()
                state.withLock { state in
                    _ = state.registry.update(key) { schedule.giveBack(reservation, &$0, now: now) }
                }
                throw rejected(.cancelled)
            }
        }
    }

    /// Forgets `key`, which gives it a full burst.
    ///
    /// - Parameter key: the key.
    /// - Returns: whether it was kept.
    @discardableResult
    public func remove(_ key: Key) -> Bool {
        state.withLock { $0.registry.remove(key) } != nil
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

/// What was taken of all keys.
private struct KeyedSchedules<Key: Hashable & Sendable>: Sendable {
    var registry: BoundedRegistry<Key, TakenPermits>
    private var epochs: UInt64 = 0
    private(set) var forgottenInDebt: UInt64 = 0

    init(registry: BoundedRegistry<Key, TakenPermits>) {
        self.registry = registry
    }

    /// Changes what was taken of `key`, which begins as nothing, and keeps it.
    mutating func update<Result>(_ key: Key, now: Duration, _ body: (inout TakenPermits) -> Result) -> Result {
        if let result = registry.update(key, body) { return result }
        epochs += 1
        var taken = TakenPermits(now: now, epoch: epochs)
        let result = body(&taken)
        if registry.insert(taken, for: key, canForget: { $0.usedUpAt <= now }) { return result }
        // Everybody seen is in debt: one that was not used lately is forgotten, or else the new key itself.
        _ = registry.insert(taken, for: key, canForget: { _ in true })
        forgottenInDebt += 1
        return result
    }
}
