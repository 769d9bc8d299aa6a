// SPDX-License-Identifier: Apache-2.0

/// Why a retried operation did not return a value.
public struct RetryError<Failure: Error>: Error {
    /// The calls that were made; 0 when the breaker rejected the first one or no time was left for it.
    public let attempts: Int
    /// The error of the last call; nil when none was made.
    public let lastError: Failure?
    /// Why there was no further attempt.
    public let reason: RetryStopReason
}

extension RetryError: CustomStringConvertible {
    /// The reason, the attempts and the last error in one line.
    public var description: String {
        let reasonText =
            switch reason {
            case .exhausted: "all attempts have failed"
            case .notRetryable: "the error is not worth another attempt"
            case .circuitOpen(let rejection): "the circuit breaker is \(rejection)"
            case .budgetSpent: "the retry budget is spent"
            case .deadline(let wait): "the next attempt in \(wait.text) would come after the deadline"
            case .cancelled: "the task was cancelled"
            }
        let count = "\(attempts) \(attempts == 1 ? "attempt" : "attempts")"
        return "\(reasonText), after \(count)" + (lastError.map { ": \($0)" } ?? "")
    }
}
