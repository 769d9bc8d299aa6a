// SPDX-License-Identifier: Apache-2.0

/// Why there is no credential.
public enum CredentialError: Error, Sendable, CustomStringConvertible {
    /// The refresh has failed and the old credential is not valid any more.
    case refreshFailed(FailureCause)
    /// The refresh took longer than this.
    case timedOut(after: Duration)
    /// Too many callers wait already.
    case tooManyWaiting
    /// The task was cancelled.
    case cancelled

    /// The error in words; never the credential.
    public var description: String {
        switch self {
        case .refreshFailed(let cause): "the credential could not be refreshed: \(cause)"
        case .timedOut(let wait): "no credential within \(wait.text)"
        case .tooManyWaiting: "too many callers wait for a credential"
        case .cancelled: "cancelled while waiting for a credential"
        }
    }
}

extension FailureCause {
    /// A cause that can be thrown.
    struct Wrapped: Error {
        var cause: FailureCause
    }
}
