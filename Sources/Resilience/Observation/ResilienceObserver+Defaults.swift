// SPDX-License-Identifier: Apache-2.0

extension ResilienceObserver {
    /// Ignores the beginning.
    public func circuitBreaker(_ name: String, didBeginAs state: CircuitBreakerState) {}

    /// Ignores the call.
    public func circuitBreaker(_ name: String, didEndCall end: CallEnd, after duration: Duration) {}

    /// Ignores the rejection.
    public func circuitBreaker(_ name: String, didReject rejection: CircuitBreaker.Rejection) {}

    /// Ignores the transition.
    public func circuitBreakerDidChange(_ event: CircuitBreakerEvent) {}

    /// Ignores the removal.
    public func circuitBreakerWasForgotten(_ name: String) {}

    /// Ignores the wait.
    public func bulkheadDidQueue(_ name: String) {}

    /// Ignores the end of the wait.
    public func bulkheadDidUnqueue(_ name: String) {}

    /// Ignores the admission.
    public func bulkhead(_ name: String, didAdmitAfter wait: Duration) {}

    /// Ignores the rejection.
    public func bulkhead(_ name: String, didReject rejection: BulkheadRejection) {}

    /// Ignores the return.
    public func bulkheadDidRelease(_ name: String) {}

    /// Ignores the retry.
    public func retry(_ name: String, willRetryAfter wait: Duration) {}

    /// Ignores the end.
    public func retry(_ name: String, didEndAfter attempts: Int, _ reason: RetryStopReason?) {}

    /// Ignores the permission.
    public func rateLimiter(_ name: String, didAllowAfter wait: Duration) {}

    /// Ignores the rejection.
    public func rateLimiter(_ name: String, didReject rejection: RateLimitRejection) {}

    /// Ignores the lease.
    public func connectionPool(_ name: String, didLeaseAfter wait: Duration) {}

    /// Ignores the refusal.
    public func connectionPool(_ name: String, didRefuse error: ConnectionPoolError) {}

    /// Ignores the return.
    public func connectionPoolDidTakeBack(_ name: String) {}

    /// Ignores the connection.
    public func connectionPoolDidOpen(_ name: String) {}

    /// Ignores the failure.
    public func connectionPool(_ name: String, didFailToOpen cause: FailureCause) {}

    /// Ignores the end of the connection.
    public func connectionPoolDidClose(_ name: String) {}

    /// Ignores the answer.
    public func fallback(_ name: String, didAnswerFrom source: FallbackSource) {}

    /// Ignores the failure.
    public func fallbackDidFail(_ name: String) {}

    /// Ignores the fault.
    public func chaos(_ name: String, didInject fault: InjectedFault) {}
}
