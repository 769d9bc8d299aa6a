// SPDX-License-Identifier: Apache-2.0

/// An error of a policy that can be told to a client.
public protocol ResilienceErrorConvertible: Error {
    /// What to tell; nil when the cause is the caller's own cancellation, or an inner error that says nothing by itself.
    var resilienceError: ResilienceError? { get }
}

extension ResilienceError {
    /// What to tell a client about `error`: looks through the policies down to the operation's error.
    ///
    /// - Parameter error: any error.
    /// - Returns: nil when no policy was the reason.
    public static func describing(_ error: any Error) -> ResilienceError? {
        (error as? ResilienceError) ?? (error as? any ResilienceErrorConvertible)?.resilienceError
    }
}

extension CircuitBreaker.Rejection {
    /// What to tell a client.
    public var resilienceError: ResilienceError { .circuitOpen(retryAfter: retryAfter) }
}

extension CircuitBreakerError: ResilienceErrorConvertible {
    /// An open circuit, or what the operation's error says.
    public var resilienceError: ResilienceError? {
        switch self {
        case .open(_, let rejection): rejection.resilienceError
        case .operation(let error): .describing(error)
        }
    }
}

extension RetryError: ResilienceErrorConvertible {
    /// An open circuit, spent attempts, or what the last error says.
    public var resilienceError: ResilienceError? {
        switch reason {
        case .circuitOpen(let rejection): rejection.resilienceError
        case .exhausted: .maxRetriesExceeded(attempts: attempts)
        case .budgetSpent: .transient
        case .notRetryable: lastError.flatMap { .describing($0) } ?? .permanent
        case .deadline(let wait): .timeout(wait)
        case .cancelled: nil
        }
    }
}

extension BulkheadRejection: ResilienceErrorConvertible {
    /// A full bulkhead; nil for a cancellation.
    public var resilienceError: ResilienceError? {
        switch self {
        case .full, .timedOut: .bulkheadFull
        case .cancelled: nil
        }
    }
}

extension BulkheadError: ResilienceErrorConvertible {
    /// A full bulkhead, or what the operation's error says.
    public var resilienceError: ResilienceError? {
        switch self {
        case .rejected(let rejection): rejection.resilienceError
        case .operation(let error): .describing(error)
        }
    }
}

extension RateLimitRejection: ResilienceErrorConvertible {
    /// An exceeded limit; nil for a cancellation.
    public var resilienceError: ResilienceError? {
        switch self {
        case .exceeded(let retryAfter): .rateLimitExceeded(retryAfter: retryAfter)
        case .cancelled: nil
        }
    }
}

extension TimeoutError: ResilienceErrorConvertible {
    /// A timeout, or what the operation's error says; nil for a cancellation.
    public var resilienceError: ResilienceError? {
        switch self {
        case .timedOut(let limit): .timeout(limit)
        case .cancelled: nil
        case .operation(let error): .describing(error)
        }
    }
}
