// SPDX-License-Identifier: Apache-2.0

/// The call has failed and no step had an answer.
public struct FallbackError<Failure: Error>: Error {
    /// The error of the call.
    public let primary: Failure
    /// Why each step had no answer, in order.
    public let steps: [FailureCause]
    /// Whether the purpose forbade any step: the answer is no.
    public let isDenied: Bool
}

extension FallbackError: ResilienceErrorConvertible {
    /// What the error of the call says.
    public var resilienceError: ResilienceError? { .describing(primary) }
}
