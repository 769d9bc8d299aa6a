// SPDX-License-Identifier: Apache-2.0

/// Why the breaker opened last.
struct TripRecord: Sendable {
    var reason: TripReason
    var cause: FailureCause?
}

/// The last failure and when it was recorded.
struct FailureRecord: Sendable {
    var cause: FailureCause?
    var at: Duration
}

/// One change of state, as the core reports it.
struct CircuitBreakerTransition: Sendable {
    var from: CircuitBreakerState
    var to: CircuitBreakerState
    var reason: TransitionReason
    var cause: FailureCause?
    var generation: UInt64
    var at: Duration
}
