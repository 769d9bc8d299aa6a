// SPDX-License-Identifier: Apache-2.0

/// Why a pool gave no connection.
public enum ConnectionPoolError: Error, Sendable, CustomStringConvertible {
    /// No connection came free within this time.
    case timedOut(after: Duration)
    /// Too many callers wait already.
    case tooManyWaiting
    /// A connection could not be made.
    case creationFailed(FailureCause)
    /// The task was cancelled while it waited.
    case cancelled
    /// The pool has been closed.
    case closed

    /// The error in words.
    public var description: String {
        switch self {
        case .timedOut(let wait): "no connection within \(wait.text)"
        case .tooManyWaiting: "too many callers wait for a connection"
        case .creationFailed(let cause): "a connection could not be made: \(cause)"
        case .cancelled: "cancelled while waiting for a connection"
        case .closed: "the connection pool is closed"
        }
    }
}

extension ConnectionPoolError: ResilienceErrorConvertible {
    /// An exhausted pool or a failed creation; nil for a cancellation.
    public var resilienceError: ResilienceError? {
        switch self {
        case .timedOut, .tooManyWaiting, .closed: .poolExhausted
        case .creationFailed: .connectionCreation
        case .cancelled: nil
        }
    }
}
