// SPDX-License-Identifier: Apache-2.0

/// What of a breaker survives a restart: its state and how long that still holds, not its windows.
///
/// Waits are kept as what is left of them, never as instants: monotonic instants mean nothing to another process.
public struct CircuitBreakerRecord: Sendable, Hashable {
    /// The name of the breaker.
    public var name: String
    /// The state; a half-open breaker is kept as open with nothing left.
    public var state: CircuitBreakerState
    /// What is left of the open time, or of the operator's time; nil where the state has no end.
    public var remaining: Duration?
    /// Openings since the breaker was last closed, which the backoff grows with.
    public var openings: Int
    /// The failure that opened it.
    public var cause: String?
    /// The operator's reason.
    public var operatorReason: String?
    /// Who asked for the operator's state.
    public var operatorName: String?
    /// When it was saved, since 1970-01-01T00:00:00Z; nil where there is no ``WallClock``.
    public var savedAt: Duration?

    /// Makes a record.
    public init(
        name: String,
        state: CircuitBreakerState,
        remaining: Duration? = nil,
        openings: Int = 0,
        cause: String? = nil,
        operatorReason: String? = nil,
        operatorName: String? = nil,
        savedAt: Duration? = nil
    ) {
        self.name = name
        self.state = state
        self.remaining = remaining
        self.openings = openings
        self.cause = cause
        self.operatorReason = operatorReason
        self.operatorName = operatorName
        self.savedAt = savedAt
    }

    /// What is left at `now`, by the wall clock.
    ///
    /// A clock that went back counts as no time at all, so a wait is never lengthened; one that went forward can only end it.
    func remaining(now: Duration?) -> Duration? {
        guard let remaining else { return nil }
        guard let now, let savedAt else { return max(remaining, .zero) }
        return max(remaining - max(now - savedAt, .zero), .zero)
    }
}

extension CircuitBreakerSnapshot {
    /// What of this snapshot survives a restart.
    ///
    /// - Parameter wallTime: the time of day of the snapshot, since 1970-01-01T00:00:00Z; nil where it is not known.
    /// - Returns: the record to save.
    public func record(wallTime: Duration?) -> CircuitBreakerRecord {
        CircuitBreakerRecord(
            name: name,
            state: state == .halfOpen ? .open : state,
            remaining: state == .halfOpen ? .zero : remainingOpenTime ?? remainingOperatorTime,
            openings: openings,
            cause: tripCause?.description,
            operatorReason: operatorRequest?.reason,
            operatorName: operatorRequest?.by,
            savedAt: wallTime
        )
    }
}
