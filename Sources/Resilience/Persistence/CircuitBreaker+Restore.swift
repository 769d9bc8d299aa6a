// SPDX-License-Identifier: Apache-2.0

extension CircuitBreaker {
    /// Puts a saved state back: an open breaker stays open for what is left of its wait, and never longer than the configuration
    /// says.
    ///
    /// Does nothing unless this breaker is closed, and nothing for a record of a closed one. It is one transition, with the reason
    /// ``TransitionReason/restored``.
    ///
    /// - Parameters:
    ///   - record: the saved state; its name is not looked at.
    ///   - wallTime: the time of day, since 1970-01-01T00:00:00Z; nil takes no time as passed since the record was saved.
    /// - Returns: whether the state changed.
    @discardableResult
    public func restore(_ record: CircuitBreakerRecord, wallTime: Duration?) -> Bool {
        let now = now
        return withCore { $0.restore(record, remaining: record.remaining(now: wallTime), now: now) }
    }
}

extension CircuitBreakerCore {
    /// Puts a saved state back; false when there is nothing to do.
    mutating func restore(_ record: CircuitBreakerRecord, remaining: Duration?, now: Duration) -> Bool {
        advance(to: now)
        guard state == .closed else { return false }
        switch record.state {
        case .closed:
            return false
        case .open, .halfOpen:
            let longest = configuration.backoff?.maximum ?? configuration.openDuration
            restoreOpen(
                for: min(remaining ?? longest, longest),
                openings: min(max(record.openings, 1), 64),
                cause: record.cause.map { FailureCause($0) },
                now: now
            )
            return true
        case .forcedOpen, .disabled, .metricsOnly:
            let request = OperatorRequest(
                reason: record.operatorReason,
                by: record.operatorName,
                until: remaining.map { now + $0 }
            )
            enter(record.state, .restored, request: request, now: now)
            return true
        }
    }
}
