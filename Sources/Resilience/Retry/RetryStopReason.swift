// SPDX-License-Identifier: Apache-2.0

/// Why a retried operation was not attempted again.
public enum RetryStopReason: Sendable, Hashable {
    /// All attempts have failed.
    case exhausted
    /// The last error is not worth another attempt.
    case notRetryable
    /// The breaker rejected the next attempt.
    case circuitOpen(CircuitBreaker.Rejection)
    /// The retry budget is spent.
    case budgetSpent
    /// The next attempt would come after the deadline; `wait` is what it would have waited.
    case deadline(wait: Duration)
    /// The task was cancelled.
    case cancelled
}
