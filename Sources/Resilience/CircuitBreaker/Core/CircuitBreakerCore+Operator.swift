// SPDX-License-Identifier: Apache-2.0

extension CircuitBreakerCore {
    /// Opens on a signal that is not a call.
    ///
    /// Nothing happens where the breaker is open already or an operator has it.
    mutating func trip(_ text: String, for duration: Duration?, now: Duration) -> Bool {
        advance(to: now)
        guard state == .closed || state == .halfOpen else { return false }
        open(.signal(text), cause: nil, now: now, for: duration)
        return true
    }

    /// Enters an operator state, or renews the request of the one it is in without a transition.
    mutating func enterOperatorState(_ next: CircuitBreakerState, request: OperatorRequest, now: Duration) {
        precondition(next.isOperatorState, "\(next) is not an operator state")
        advance(to: now)
        guard next != state else {
            renew(request)
            return
        }
        enter(next, .operatorRequest(request), request: request, now: now)
    }

    /// Back to closed (or disabled, where the configuration says so) with nothing remembered.
    mutating func reset(_ request: OperatorRequest, now: Duration) {
        advance(to: now)
        lastFailure = nil
        guard state != restingState else {
            startGeneration()
            renew(nil)
            return
        }
        enter(restingState, .operatorRequest(request), now: now)
    }

    /// Swaps the configuration and keeps what still fits.
    ///
    /// Windows of an unchanged shape keep their outcomes and permits stay valid. Another shape starts a new generation. A
    /// half-open round starts again, because its limits may have changed. An open period that has begun keeps its end.
    mutating func replace(_ settings: CircuitBreakerSettings, now: Duration) {
        advance(to: now)
        let previous = configuration
        let next = settings.configuration
        adopt(settings)
        if previous.window != next.window {
            window = OutcomeWindow(shape: next.window)
        }
        if previous.slidingFailures?.of != next.slidingFailures?.of {
            sliding = next.slidingFailures.map { CountWindow(size: $0.of) }
        }
        let isSameShape =
            previous.window == next.window && previous.slidingFailures?.of == next.slidingFailures?.of
        if previous.isEnabled && !next.isEnabled && state != .disabled {
            enter(.disabled, .configuration, now: now)
        } else if !previous.isEnabled && next.isEnabled && state == .disabled && request == nil {
            enter(.closed, .configuration, now: now)
        } else if !isSameShape || state == .halfOpen {
            startGeneration()
        }
    }
}
