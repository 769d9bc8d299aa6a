// SPDX-License-Identifier: Apache-2.0

/// Why a call through a pipeline did not return a value.
public enum PipelineError<Failure: Error>: Error {
    /// The rate limit refused it; nothing was called.
    case rateLimited(RateLimitRejection)
    /// The bulkhead refused it; nothing was called.
    case bulkheadFull(BulkheadRejection)
    /// So many attempts were made, there was no further one for this reason, and the last one ended like this.
    case failed(attempts: Int, RetryStopReason, last: AttemptError<Failure>?)

    /// The error of the operation, when the last attempt came that far.
    public var operationError: Failure? {
        guard case .failed(_, _, .operation(let error)) = self else { return nil }
        return error
    }
}

extension PipelineError: ResilienceErrorConvertible {
    /// What the policy that gave up says.
    public var resilienceError: ResilienceError? {
        switch self {
        case .rateLimited(let rejection): rejection.resilienceError
        case .bulkheadFull(let rejection): rejection.resilienceError
        case .failed(let attempts, let reason, let last):
            RetryError(attempts: attempts, lastError: last, reason: reason).resilienceError
        }
    }
}

/// How one attempt in a pipeline ended without a value.
public enum AttemptError<Failure: Error>: Error {
    /// It took longer than this.
    case timedOut(after: Duration)
    /// A failure was injected instead of making it.
    case injected(InjectedFailure)
    /// The caller was cancelled and has left it behind.
    case cancelled
    /// It threw.
    case operation(Failure)
}

extension AttemptError: Equatable where Failure: Equatable {}

extension AttemptError: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        switch self {
        case .timedOut(let limit): "timed out after \(limit.text)"
        case .injected(let failure): "\(failure)"
        case .cancelled: "cancelled"
        case .operation(let error): "\(error)"
        }
    }
}

extension AttemptError: ResilienceErrorConvertible {
    /// A timeout, a transient failure, or what the operation's error says; nil for a cancellation.
    public var resilienceError: ResilienceError? {
        switch self {
        case .timedOut(let limit): .timeout(limit)
        case .injected: .transient
        case .cancelled: nil
        case .operation(let error): .describing(error)
        }
    }
}
