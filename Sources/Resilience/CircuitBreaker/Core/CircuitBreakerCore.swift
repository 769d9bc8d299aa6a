// SPDX-License-Identifier: Apache-2.0

/// The breaker without a lock or a clock: every method takes `now`, changes the state, and returns its decision.
///
/// Transitions are collected in order; the shell takes them out and delivers them after it has unlocked.
struct CircuitBreakerCore: Sendable {
    /// What the shell may know without asking; kept up to date with the state and the configuration.
    private(set) var hints = CircuitBreakerHints()
    /// In an object of its own, so that no decision copies all of it.
    private var settings: CircuitBreakerSettings
    /// Whether the shell wants the duration of every call, slow or not.
    let measuresEveryCall: Bool
    private(set) var state: CircuitBreakerState
    /// Grows with every transition; a permit of an older generation changes nothing.
    var generation: UInt64 = 1
    private(set) var since: Duration
    var window: OutcomeWindow
    var sliding: CountWindow?
    var consecutiveFailures = 0
    var consecutiveSuccesses = 0
    var round = HalfOpenRound()
    private(set) var openUntil = Duration.zero
    private(set) var trip: TripRecord?
    var lastFailure: FailureRecord?
    private(set) var request: OperatorRequest?
    /// Permits that are out, of all generations.
    var inFlight = 0
    var rejectedInState = 0
    /// Whether the shell counts calls in the lane, so that some of them are missing here.
    var isLaneOpen = false
    /// Whether a rule is met while in metrics-only, so that each crossing is noted once.
    var isOverThreshold = false
    var totals = CircuitBreakerTotals()
    private var periods: OpenPeriods
    private var transitions: [CircuitBreakerTransition] = []

    init(
        settings: CircuitBreakerSettings,
        initialState: CircuitBreakerState = .closed,
        random: SplitMix64,
        measuresEveryCall: Bool,
        now: Duration
    ) {
        let configuration = settings.configuration
        self.settings = settings
        self.measuresEveryCall = measuresEveryCall
        state = configuration.isEnabled ? initialState : .disabled
        since = now
        window = OutcomeWindow(shape: configuration.window)
        sliding = configuration.slidingFailures.map { CountWindow(size: $0.of) }
        periods = OpenPeriods(random: random)
        if state == .open {
            openUntil = now + periods.next(configuration)
            trip = TripRecord(reason: .initialState, cause: nil)
        }
        refreshHints()
    }

    /// The configuration in force.
    var configuration: CircuitBreakerConfiguration { settings.configuration }

    /// The state that a reset leads to.
    var restingState: CircuitBreakerState {
        configuration.isEnabled ? .closed : .disabled
    }

    /// Openings since the breaker was last closed.
    var openings: Int { periods.openings }

    /// Whether a permit keeps the time of its admission.
    var measuresDuration: Bool { measuresEveryCall || configuration.slowCallDuration != nil }

    var hasTransitions: Bool { !transitions.isEmpty }

    /// Hands out the transitions since the last time, oldest first.
    mutating func takeTransitions() -> [CircuitBreakerTransition] {
        defer { transitions.removeAll() }
        return transitions
    }

    /// Makes the transition that the clock alone brings about: the end of a wait, a round, or an operator's time.
    mutating func advance(to now: Duration) {
        switch state {
        case .closed:
            break
        case .open:
            guard now >= openUntil else { return }
            enter(.halfOpen, .waitElapsed, now: now)
        case .halfOpen:
            guard let wait = configuration.halfOpenMaxWait, now - since >= wait else { return }
            switch configuration.halfOpenExpiry {
            case .open: open(.halfOpenExpired(wait), cause: nil, now: now)
            case .closed: enter(restingState, .roundExpired(wait), now: now)
            }
        case .forcedOpen, .disabled, .metricsOnly:
            guard let until = request?.until, now >= until else { return }
            enter(restingState, .operatorTimeElapsed, now: now)
        }
    }

    /// Opens for `duration`, or for what the configuration and the openings so far say.
    mutating func open(_ reason: TripReason, cause: FailureCause?, now: Duration, for duration: Duration? = nil) {
        let period = duration ?? periods.next(configuration)
        enter(.open, .tripped(reason), cause: cause, now: now)
        openUntil = now + period
        trip = TripRecord(reason: reason, cause: cause)
        totals.opened += 1
    }

    /// Opens for what is left of a saved wait; the backoff goes on where it was.
    mutating func restoreOpen(for remaining: Duration, openings: Int, cause: FailureCause?, now: Duration) {
        for _ in 0..<openings { _ = periods.next(configuration) }
        enter(.open, .restored, cause: cause, now: now)
        openUntil = now + remaining
        trip = TripRecord(reason: .restored, cause: cause)
        totals.opened += 1
    }

    /// Changes the state and starts a new generation with empty windows.
    mutating func enter(
        _ next: CircuitBreakerState,
        _ reason: TransitionReason,
        cause: FailureCause? = nil,
        request: OperatorRequest? = nil,
        now: Duration
    ) {
        precondition(next != state, "a transition from \(state) to itself")
        startGeneration()
        transitions.append(
            CircuitBreakerTransition(
                from: state,
                to: next,
                reason: reason,
                cause: cause,
                generation: generation,
                at: now
            )
        )
        totals.transitions += 1
        state = next
        since = now
        rejectedInState = 0
        self.request = request
        refreshHints()
        if next != .open && next != .halfOpen {
            trip = nil
            periods.reset()
        }
    }

    /// Puts other settings in force, and nothing else.
    mutating func adopt(_ next: CircuitBreakerSettings) {
        settings = next
        refreshHints()
    }

    /// Replaces the operator's request without a transition.
    mutating func renew(_ next: OperatorRequest?) {
        request = next
        refreshHints()
    }

    private mutating func refreshHints() {
        let needsClock =
            switch state {
            case .closed: measuresDuration
            case .disabled: request?.until != nil || measuresEveryCall
            case .metricsOnly: request?.until != nil || measuresDuration
            case .open, .halfOpen, .forcedOpen: true
            }
        var next = CircuitBreakerHints()
        if needsClock { next.insert(.clockAtAdmission) }
        if configuration.classify != nil { next.insert(.classifier) }
        if measuresEveryCall { next.insert(.observer) }
        if state == .open { next.insert(.open) }
        hints = next
    }

    /// Empties the windows and makes every permit that is out stale.
    mutating func startGeneration() {
        generation &+= 1
        window.removeAll()
        sliding?.removeAll()
        consecutiveFailures = 0
        consecutiveSuccesses = 0
        round = HalfOpenRound()
        isOverThreshold = false
    }
}
