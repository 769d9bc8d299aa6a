// SPDX-License-Identifier: Apache-2.0

/// Why a breaker changed its state.
public enum TransitionReason: Sendable, Hashable, CustomStringConvertible {
    /// A rule opened it.
    case tripped(TripReason)
    /// The open time has passed.
    case waitElapsed
    /// The half-open round succeeded with so many successes.
    case recovered(successes: Int)
    /// The half-open round ended without a verdict after this wait and leads to closed.
    case roundExpired(Duration)
    /// An operator asked for it.
    case operatorRequest(OperatorRequest)
    /// The time that an operator gave it is over.
    case operatorTimeElapsed
    /// A new configuration switched the breaker off or on.
    case configuration
    /// A saved state was put back.
    case restored

    /// The reason in words, without the last failure.
    public var description: String {
        switch self {
        case .tripped(let reason): reason.description
        case .waitElapsed: "the open time has passed"
        case .recovered(let successes): "\(successes) \(successes == 1 ? "success" : "successes") while half-open"
        case .roundExpired(let wait): "no verdict within \(wait.text) while half-open"
        case .operatorRequest(let request): request.description
        case .operatorTimeElapsed: "the operator's time is over"
        case .configuration: "a new configuration"
        case .restored: "its saved state"
        }
    }
}
