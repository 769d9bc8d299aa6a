// SPDX-License-Identifier: Apache-2.0

/// Why a call got no place in a bulkhead.
public enum BulkheadRejection: Error, Sendable, Hashable, CustomStringConvertible {
    /// All places and the queue are taken.
    case full
    /// No place came free within this time.
    case timedOut(after: Duration)
    /// The task was cancelled while it waited.
    case cancelled

    /// The rejection in words.
    public var description: String {
        switch self {
        case .full: "the bulkhead and its queue are full"
        case .timedOut(let wait): "no place in the bulkhead within \(wait.text)"
        case .cancelled: "cancelled while waiting for a place in the bulkhead"
        }
    }
}

/// Why a call through a bulkhead did not return a value.
public enum BulkheadError<Failure: Error>: Error {
    /// It got no place; nothing was called.
    case rejected(BulkheadRejection)
    /// The operation was called and threw.
    case operation(Failure)
}

extension BulkheadError: Equatable where Failure: Equatable {}
