// SPDX-License-Identifier: Apache-2.0

/// The state of a breaker.
///
/// | from | to | when |
/// |---|---|---|
/// | closed | open | a trip rule is met, or ``CircuitBreaker/trip(for:reason:)`` |
/// | open | halfOpen | the wait has passed |
/// | halfOpen | closed | the round succeeds, or expires with ``HalfOpenExpiry/closed`` |
/// | halfOpen | open | the round fails, or expires, or ``CircuitBreaker/trip(for:reason:)`` |
/// | closed | any but halfOpen | ``CircuitBreaker/restore(_:wallTime:)`` |
/// | any | forcedOpen, disabled, metricsOnly | the operator says so |
/// | any | closed | ``CircuitBreaker/reset(reason:by:)``, or the operator's time is over |
/// | any | disabled | a configuration with ``CircuitBreakerConfiguration/isEnabled`` off |
/// | disabled | closed | a configuration that switches it on again |
///
/// Where the configuration has it off, disabled takes the place of closed.
///
/// Every other transition is illegal.
public enum CircuitBreakerState: String, Sendable, Hashable, CaseIterable {
    /// Calls pass and are counted.
    case closed
    /// Calls are rejected until the wait has passed.
    case open
    /// A few calls pass to find out whether the dependency is back.
    case halfOpen
    /// An operator keeps it open, whatever the clock says.
    case forcedOpen
    /// Every call passes and nothing is counted.
    case disabled
    /// Every call passes and is counted, and the breaker only notes when it would have opened.
    case metricsOnly

    /// `healthy` while calls pass, `degraded` while half-open, `unhealthy` while they are rejected.
    public var healthStatus: String {
        switch self {
        case .closed, .disabled, .metricsOnly: "healthy"
        case .halfOpen: "degraded"
        case .open, .forcedOpen: "unhealthy"
        }
    }

    /// The HTTP status of a readiness endpoint: 503 while calls are rejected, otherwise 200.
    public var httpStatus: Int {
        switch self {
        case .closed, .disabled, .metricsOnly, .halfOpen: 200
        case .open, .forcedOpen: 503
        }
    }

    /// The number of the metric `circuit_breaker_state`: 0 calls pass, 1 they are rejected, 2 half-open.
    public var metricValue: Int {
        switch self {
        case .closed, .disabled, .metricsOnly: 0
        case .open, .forcedOpen: 1
        case .halfOpen: 2
        }
    }

    /// The state in words: `closed`, `open`, `half-open`, `forced open`, `disabled`, `metrics only`.
    public var text: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half-open"
        case .forcedOpen: "forced open"
        case .disabled: "disabled"
        case .metricsOnly: "metrics only"
        }
    }

    /// Whether only an operator or the end of the operator's time leads out of this state.
    public var isOperatorState: Bool {
        switch self {
        case .forcedOpen, .disabled, .metricsOnly: true
        case .closed, .open, .halfOpen: false
        }
    }
}
