// SPDX-License-Identifier: Apache-2.0

/// Is told what the policies do, for metrics and traces.
///
/// Every method has an empty default.
///
/// Methods are called outside every lock, on the thread of the call, so they must be quick and must not block. Counters and states
/// need no observer: they are in `snapshot` and `statistics`. What only an observer sees is how long things took.
public protocol ResilienceObserver: Sendable {
    /// A call through a breaker has ended, so long after it was admitted.
    func circuitBreaker(_ name: String, didEndCall end: CallEnd, after duration: Duration)

    /// A breaker has rejected a call.
    func circuitBreaker(_ name: String, didReject rejection: CircuitBreaker.Rejection)

    /// A bulkhead has given a call a place, after it had waited so long; zero for a call that did not wait.
    func bulkhead(_ name: String, didAdmitAfter wait: Duration)

    /// A bulkhead has turned a call away.
    func bulkhead(_ name: String, didReject rejection: BulkheadRejection)
}

extension ResilienceObserver {
    /// Ignores the call.
    public func circuitBreaker(_ name: String, didEndCall end: CallEnd, after duration: Duration) {}

    /// Ignores the rejection.
    public func circuitBreaker(_ name: String, didReject rejection: CircuitBreaker.Rejection) {}

    /// Ignores the admission.
    public func bulkhead(_ name: String, didAdmitAfter wait: Duration) {}

    /// Ignores the rejection.
    public func bulkhead(_ name: String, didReject rejection: BulkheadRejection) {}
}

/// How a call through a breaker ended.
public enum CallEnd: String, Sendable, Hashable, CaseIterable {
    /// It succeeded.
    case success
    /// It failed.
    case failure
    /// It said nothing about the dependency.
    case ignored
    /// It was cancelled.
    case cancelled
}
