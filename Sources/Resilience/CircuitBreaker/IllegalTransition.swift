// SPDX-License-Identifier: Apache-2.0

/// A transition that the state machine does not have.
public struct IllegalTransition: Error, Hashable, CustomStringConvertible {
    /// The state the breaker is in, and stays in.
    public let from: CircuitBreakerState
    /// The state that was asked for.
    public let to: CircuitBreakerState

    /// Names both states.
    ///
    /// - Parameters:
    ///   - from: the state the breaker is in.
    ///   - to: the state that was asked for.
    public init(from: CircuitBreakerState, to: CircuitBreakerState) {
        self.from = from
        self.to = to
    }

    /// Both states in words.
    public var description: String { "no transition from \(from.text) to \(to.text)" }
}
