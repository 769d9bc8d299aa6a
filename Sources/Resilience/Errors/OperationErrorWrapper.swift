// SPDX-License-Identifier: Apache-2.0

/// An error of a policy that may carry the error of the operation.
///
/// Policies classify the operation's own error, however many other policies it has come through.
protocol OperationErrorWrapper: Error {
    /// The error that came from further inside; nil when the policy itself is the reason.
    var wrappedError: (any Error)? { get }
}

extension Error {
    /// The error of the operation, or of the innermost policy that was the reason.
    var innermost: any Error {
        (self as? any OperationErrorWrapper)?.wrappedError?.innermost ?? self
    }
}

extension CircuitBreakerError: OperationErrorWrapper {
    var wrappedError: (any Error)? { operationError }
}

extension RetryError: OperationErrorWrapper {
    var wrappedError: (any Error)? { lastError }
}

extension BulkheadError: OperationErrorWrapper {
    var wrappedError: (any Error)? {
        guard case .operation(let error) = self else { return nil }
        return error
    }
}

extension TimeoutError: OperationErrorWrapper {
    var wrappedError: (any Error)? {
        switch self {
        case .timedOut: nil
        case .cancelled: CancellationError()
        case .operation(let error): error
        }
    }
}

extension ChaosError: OperationErrorWrapper {
    var wrappedError: (any Error)? {
        switch self {
        case .injected(let error): error
        case .operation(let error): error
        }
    }
}

extension FallbackError: OperationErrorWrapper {
    var wrappedError: (any Error)? { primary }
}

extension AttemptError: OperationErrorWrapper {
    var wrappedError: (any Error)? {
        switch self {
        case .timedOut: nil
        case .injected(let error): error
        case .cancelled: CancellationError()
        case .operation(let error): error
        }
    }
}

extension PipelineError: OperationErrorWrapper {
    var wrappedError: (any Error)? {
        guard case .failed(_, _, let last) = self else { return nil }
        return last
    }
}
