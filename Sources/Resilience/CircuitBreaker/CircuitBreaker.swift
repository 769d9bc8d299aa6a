// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Stops calling a dependency that keeps failing, and finds out when it is back.
///
/// ```swift
/// let breaker = CircuitBreaker(name: "payments", configuration: .init(failureThreshold: 5, openDuration: .seconds(60)))
/// let answer = try await breaker.run { try await client.get("/pay") }
///
/// switch breaker.tryAcquire() {                      // or by hand
/// case .admitted(let permit): permit.succeed()
/// case .rejected(let rejection): print(rejection)
/// }
/// ```
///
/// The state is computed from the clock whenever it is read: an idle breaker turns half-open without a call. Every transition
/// is reported exactly once, in order, after the lock is released.
///
/// It is not a rate limiter or a bulkhead: while closed it lets any number of calls through. It does not time calls out; give the
/// operation a time limit of its own, inside the breaker, so that a timeout counts as a failure.
public final class CircuitBreaker: Sendable {
    /// The name that events, snapshots and metrics carry.
    public let name: String

    private let time: TimeSource
    private let hints = Atomic<UInt8>(0)
    private let hub: CircuitBreakerEventHub
    private let observer: (any ResilienceObserver)?
    /// Beside what else every call reads, so that a call that uses the lane reads two cache lines; the core takes ten.
    private let lane: SuccessLane
    private let core: Locked<CircuitBreakerCore>

    /// Makes a breaker.
    ///
    /// - Parameters:
    ///   - name: the name that events, snapshots and metrics carry.
    ///   - configuration: must be valid; check one from outside with ``CircuitBreakerConfiguration/validate()`` first.
    ///   - initialState: the state before the first call; default closed.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - wallClock: the time of day for events; default none.
    ///   - randomSeed: the seed of the jitter; nil takes one from the system.
    ///   - observer: told of every call and its duration, and of every transition; default none, which saves reading the clock at
    ///     admission.
    ///   - onTransition: called after every transition, in order, outside every lock, on the thread that caused it or on one
    ///     that is delivering already. It may call the breaker.
    public convenience init(
        name: String,
        configuration: CircuitBreakerConfiguration = .init(),
        initialState: CircuitBreakerState = .closed,
        time: TimeSource = TimeSource(),
        wallClock: WallClock? = nil,
        randomSeed: UInt64? = nil,
        observer: (any ResilienceObserver)? = nil,
        onTransition: (@Sendable (CircuitBreakerEvent) -> Void)? = nil
    ) {
        self.init(
            name: name,
            settings: CircuitBreakerSettings(configuration),
            initialState: initialState,
            time: time,
            random: randomSeed.map { SplitMix64(seed: $0) } ?? SplitMix64(),
            hub: CircuitBreakerEventHub(
                time: time,
                wallClock: wallClock,
                observer: observer,
                onTransition: onTransition
            ),
            observer: observer
        )
    }

    /// Makes a breaker that reads `clock`.
    ///
    /// - Parameters:
    ///   - name: the name that events, snapshots and metrics carry.
    ///   - configuration: must be valid; check one from outside with ``CircuitBreakerConfiguration/validate()`` first.
    ///   - clock: the monotonic clock.
    ///   - onTransition: called after every transition, as in the other initializer.
    public convenience init(
        name: String,
        configuration: CircuitBreakerConfiguration = .init(),
        clock: some Clock<Duration>,
        onTransition: (@Sendable (CircuitBreakerEvent) -> Void)? = nil
    ) {
        self.init(name: name, configuration: configuration, time: TimeSource(clock), onTransition: onTransition)
    }

    init(
        name: String,
        settings: CircuitBreakerSettings,
        initialState: CircuitBreakerState,
        time: TimeSource,
        random: SplitMix64,
        hub: CircuitBreakerEventHub,
        observer: (any ResilienceObserver)?,
        hasManyCallers: Bool = true
    ) {
        let configuration = settings.configuration
        let problems = configuration.problems
        precondition(problems.isEmpty, "circuit breaker \(name): \(InvalidConfiguration(problems: problems))")
        self.name = name
        self.time = time
        self.hub = hub
        self.observer = observer
        lane = SuccessLane(isStriped: hasManyCallers)
        core = Locked(
            CircuitBreakerCore(
                settings: settings,
                initialState: initialState,
                random: random,
                measuresEveryCall: observer != nil,
                now: time.now()
            )
        )
        withCore { _ in }
        observer?.circuitBreaker(name, didBeginAs: configuration.isEnabled ? initialState : .disabled)
    }

    /// The state by the clock.
    public var state: CircuitBreakerState {
        if lane.isOpen { return .closed }
        let now = time.now()
        return withCore {
            $0.advance(to: now)
            return $0.state
        }
    }

    /// `healthy`, `degraded` (half-open) or `unhealthy` (calls are rejected).
    public var healthStatus: String { state.healthStatus }

    /// The status code for a readiness endpoint: 200, 200 (half-open) or 503.
    public var httpStatus: Int { state.httpStatus }

    /// The configuration in force.
    public var configuration: CircuitBreakerConfiguration {
        core.withLock { $0.configuration }
    }

    /// Everything about the breaker now.
    public var snapshot: CircuitBreakerSnapshot {
        let now = time.now()
        return withCore { $0.snapshot(name: name, now: now) }
    }

    /// Asks for the right to make one call.
    ///
    /// Never waits; O(1); does not allocate while closed.
    public func tryAcquire() -> Admission {
        switch attempt() {
        case .admitted(let token): .admitted(Permit(self, token))
        case .rejected(let rejection): .rejected(rejection)
        }
    }

    /// The transitions from now on.
    ///
    /// - Parameter limit: how many events wait for a slow reader before the oldest are lost, at least 1; default 256.
    /// - Returns: a stream for one reader.
    public func events(bufferingNewest limit: Int = 256) -> CircuitBreakerEvents {
        hub.events(bufferingNewest: limit)
    }

    /// `tryAcquire()` without a permit, for a caller that settles the token in any case and keeps the breaker alive until then.
    @usableFromInline
    func attempt() -> AdmissionDecision {
        let startedAt = has(.clockAtAdmission) ? time.now() : nil
        if let generation = lane.admit() {
            return .admitted(AdmissionToken(generation: generation, startedAt: startedAt, isCounted: true))
        }
        if startedAt == nil, let token = core.withLock({ $0.admitWithoutClock() }) { return .admitted(token) }
        let now = startedAt ?? time.now()
        let decision = decide(now: now)
        if has(.observer), let observer, case .rejected(let rejection) = decision {
            observer.circuitBreaker(name, didReject: rejection)
        }
        return decision
    }

    private func decide(now: Duration) -> AdmissionDecision {
        if has(.open), let decision = core.withLock({ $0.rejectWhileOpen(now: now) }) { return decision }
        return withCore { $0.tryAcquire(now: now) }
    }

    func settle(_ token: AdmissionToken, isFailure: Bool, cause: FailureCause?, duration: Duration?) {
        if !isFailure, token.isCounted, lane.succeed(token, after: duration, time: time) { return }
        let now = time.now()
        withCore { $0.settle(token, isFailure: isFailure, cause: cause, duration: duration, now: now) }
        guard token.isCounted, has(.observer), let observer else { return }
        guard let measured = duration ?? token.startedAt.map({ now - $0 }) else { return }
        observer.circuitBreaker(name, didEndCall: isFailure ? .failure : .success, after: measured)
    }

    func giveBack(_ token: AdmissionToken, isCancelled: Bool) {
        core.withLock { $0.giveBack(token, isCancelled: isCancelled) }
        guard token.isCounted, has(.observer), let observer, let startedAt = token.startedAt else { return }
        observer.circuitBreaker(name, didEndCall: isCancelled ? .cancelled : .ignored, after: time.now() - startedAt)
    }
}

extension CircuitBreaker {
    func has(_ hint: CircuitBreakerHints) -> Bool {
        hints.load(ordering: .relaxed) & hint.rawValue != 0
    }

    /// The rejection that a call after `wait` is certain to get, as far as the state of now tells.
    func rejection(in wait: Duration) -> Rejection? {
        let now = now
        return withCore { $0.rejection(in: wait, now: now) }
    }

    /// Whether forgetting the breaker loses nothing but its window: closed, and no permit out.
    var isIdle: Bool {
        withCore { $0.state == .closed && $0.inFlight == 0 }
    }

    /// The current time of the breaker's source.
    var now: Duration { time.now() }

    /// Changes the core, and delivers the transitions after unlocking.
    ///
    /// The core is complete while `body` looks at it: the lane is closed for so long.
    func withCore<Result>(_ body: (inout CircuitBreakerCore) -> Result) -> Result where Result: Sendable {
        let (result, hasTransitions) = core.withLock { core in
            if core.isLaneOpen { core.absorb(lane.close()) }
            let result = body(&core)
            let hasTransitions = core.hasTransitions
            if hasTransitions { hub.enqueue(core.takeTransitions(), of: name) }
            if hints.load(ordering: .relaxed) != core.hints.rawValue {
                hints.store(core.hints.rawValue, ordering: .relaxed)
            }
            let limits = core.quietLimits()
            core.isLaneOpen = limits != nil
            if let limits { lane.open(core.generation, limits) }
            return (result, hasTransitions)
        }
        if hasTransitions { hub.drain() }
        return result
    }
}
