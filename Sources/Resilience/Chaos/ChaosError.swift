// SPDX-License-Identifier: Apache-2.0

/// A failure that was injected on purpose.
public struct InjectedFailure: Error, Hashable, CustomStringConvertible {
    /// The name of the header that marks an answer as injected: `X-Chaos-Injected`.
    public static let headerName = "X-Chaos-Injected"

    /// An injected failure.
    public init() {}

    /// Says that the failure was injected.
    public var description: String { "a failure injected on purpose" }
}

/// Why a call through chaos did not return a value.
public enum ChaosError<Failure: Error>: Error {
    /// A failure was injected; nothing was called.
    case injected(InjectedFailure)
    /// The operation was called and threw.
    case operation(Failure)
}

extension ChaosError: Equatable where Failure: Equatable {}

extension ChaosError: ResilienceErrorConvertible {
    /// A transient failure, or what the operation's error says.
    public var resilienceError: ResilienceError? {
        switch self {
        case .injected: .transient
        case .operation(let error): .describing(error)
        }
    }
}
