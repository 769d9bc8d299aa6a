// SPDX-License-Identifier: Apache-2.0

extension CircuitBreaker {
    /// Opens the breaker on a signal that is not a call, such as a violated SLO.
    ///
    /// Nothing happens unless it is closed or half-open.
    ///
    /// - Parameters:
    ///   - duration: how long it stays open, more than zero; nil takes the configured open time.
    ///   - reason: shown in the snapshot and the event.
    /// - Returns: whether the breaker opened.
    @discardableResult
    public func trip(for duration: Duration? = nil, reason: String) -> Bool {
        requirePositive(duration)
        let now = now
        return withCore { $0.trip(reason, for: duration, now: now) }
    }

    /// Rejects every call until the time is over or somebody calls ``reset(reason:by:)``.
    ///
    /// - Parameters:
    ///   - duration: how long, more than zero; nil until a reset.
    ///   - reason: why, in the operator's words.
    ///   - requester: who asked.
    public func forceOpen(for duration: Duration? = nil, reason: String? = nil, by requester: String? = nil) {
        enterOperatorState(.forcedOpen, for: duration, reason: reason, by: requester)
    }

    /// Lets every call pass and counts nothing until the time is over or somebody calls ``reset(reason:by:)``.
    ///
    /// - Parameters:
    ///   - duration: how long, more than zero; nil until a reset.
    ///   - reason: why, in the operator's words.
    ///   - requester: who asked.
    public func disable(for duration: Duration? = nil, reason: String? = nil, by requester: String? = nil) {
        enterOperatorState(.disabled, for: duration, reason: reason, by: requester)
    }

    /// Lets every call pass, counts it, and only notes when the breaker would have opened.
    ///
    /// - Parameters:
    ///   - duration: how long, more than zero; nil until a reset.
    ///   - reason: why, in the operator's words.
    ///   - requester: who asked.
    public func observeOnly(for duration: Duration? = nil, reason: String? = nil, by requester: String? = nil) {
        enterOperatorState(.metricsOnly, for: duration, reason: reason, by: requester)
    }

    /// Closes the breaker from whatever state and forgets all outcomes.
    ///
    /// Permits that are out become stale.
    ///
    /// A breaker that its configuration disables goes back to disabled.
    ///
    /// - Parameters:
    ///   - reason: why, in the operator's words.
    ///   - requester: who asked.
    public func reset(reason: String? = nil, by requester: String? = nil) {
        let now = now
        withCore { $0.reset(OperatorRequest(reason: reason, by: requester, until: nil), now: now) }
    }

    /// Brings the breaker into `state`, for callers that have the state as a value.
    ///
    /// - Parameters:
    ///   - state: the state to enter; a breaker that is in it already stays as it is, but for the operator's request.
    ///   - duration: how long, more than zero; nil for as long as the state lasts. Ignored for closed.
    ///   - reason: why, in the operator's words.
    ///   - requester: who asked.
    /// - Throws: ``IllegalTransition`` for half-open, which only the clock brings about, and for open from an operator state.
    public func transition(
        to state: CircuitBreakerState,
        for duration: Duration? = nil,
        reason: String? = nil,
        by requester: String? = nil
    ) throws(IllegalTransition) {
        switch state {
        case .closed:
            reset(reason: reason, by: requester)
        case .open:
            let request = OperatorRequest(reason: reason, by: requester, until: nil)
            guard trip(for: duration, reason: request.description) || self.state == .open else {
                throw IllegalTransition(from: self.state, to: state)
            }
        case .halfOpen:
            let current = self.state
            guard current == .halfOpen else { throw IllegalTransition(from: current, to: state) }
        case .forcedOpen, .disabled, .metricsOnly:
            enterOperatorState(state, for: duration, reason: reason, by: requester)
        }
    }

    /// Swaps the configuration at run time.
    ///
    /// Outcomes, state and permits survive where the shape of the windows is the same; another shape starts with empty windows.
    /// A half-open round starts again. An open period that has begun keeps its end.
    ///
    /// - Parameter configuration: the new configuration.
    /// - Throws: ``InvalidConfiguration`` with every problem; the old configuration stays in force.
    public func replaceConfiguration(_ configuration: CircuitBreakerConfiguration) throws(InvalidConfiguration) {
        try configuration.validate()
        replace(CircuitBreakerSettings(configuration))
    }

    /// Swaps the configuration for a valid one.
    func replace(_ settings: CircuitBreakerSettings) {
        let now = now
        withCore { $0.replace(settings, now: now) }
    }

    private func enterOperatorState(
        _ state: CircuitBreakerState,
        for duration: Duration?,
        reason: String?,
        by requester: String?
    ) {
        requirePositive(duration)
        let now = now
        let request = OperatorRequest(reason: reason, by: requester, until: duration.map { now + $0 })
        withCore { $0.enterOperatorState(state, request: request, now: now) }
    }

    private func requirePositive(_ duration: Duration?) {
        guard let duration else { return }
        precondition(duration > .zero, "\(duration) is not longer than zero")
    }
}
