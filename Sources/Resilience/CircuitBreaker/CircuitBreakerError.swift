// SPDX-License-Identifier: Apache-2.0

/// Why a guarded call did not return a value.
public enum CircuitBreakerError<Failure: Error>: Error {
    /// The breaker let the call not through; nothing was called.
    ///
    /// `retryAfter` is the shortest wait after which another try makes sense, nil when it is not known.
    case open(retryAfter: Duration?, rejection: CircuitBreaker.Rejection)
    /// The operation was called and threw.
    case operation(Failure)

    /// The error of the operation, when it was called.
    public var operationError: Failure? {
        guard case .operation(let error) = self else { return nil }
        return error
    }
}

extension CircuitBreakerError: CustomStringConvertible {
    /// The rejection or the error of the operation in words.
    public var description: String {
        switch self {
        case .open(_, let rejection): "circuit breaker: \(rejection)"
        case .operation(let error): "\(error)"
        }
    }
}
