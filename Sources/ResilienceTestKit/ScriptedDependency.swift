// SPDX-License-Identifier: Apache-2.0

import Resilience

/// A dependency that answers by a script: one step for each call, the last step again for every further call.
///
/// ```swift
/// let dependency = ScriptedDependency<Int>(clock: clock, [.fail("refused"), .succeed(7, after: .seconds(2))])
/// try await breaker.run { try await dependency.call() }
/// ```
public final class ScriptedDependency<Value: Sendable>: Sendable {
    /// What one call does.
    public enum Step: Sendable {
        /// Returns the value after a wait.
        case succeed(Value, after: Duration = .zero)
        /// Throws ``ScriptedFailure`` after a wait.
        case fail(String, after: Duration = .zero)
        /// Waits until the task is cancelled, then throws `CancellationError`.
        case hang
    }

    private let time: TimeSource
    private let steps: [Step]
    private let calls = Locked(0)

    /// A dependency with a script.
    ///
    /// - Parameters:
    ///   - clock: the clock that the waits are measured with.
    ///   - steps: one step for each call; must not be empty.
    public init(clock: some Clock<Duration>, _ steps: [Step]) {
        precondition(!steps.isEmpty, "a script needs a step")
        time = TimeSource(clock)
        self.steps = steps
    }

    /// How often it was called.
    public var callCount: Int {
        calls.withLock { $0 }
    }

    /// Performs the next step.
    ///
    /// - Returns: the value of the step.
    /// - Throws: ``ScriptedFailure``, or `CancellationError` when the task is cancelled during a wait.
    public func call() async throws -> Value {
        switch nextStep() {
        case .succeed(let value, let wait):
            try await sleep(for: wait)
            return value
        case .fail(let message, let wait):
            try await sleep(for: wait)
            throw ScriptedFailure(message)
        case .hang:
            try await time.sleep(until: .seconds(Int64.max))
            throw CancellationError()
        }
    }

    private func nextStep() -> Step {
        let call = calls.withLock { calls in
            defer { calls += 1 }
            return calls
        }
        return steps[min(call, steps.count - 1)]
    }

    private func sleep(for wait: Duration) async throws {
        guard wait > .zero else { return }
        try await time.sleep(until: time.now() + wait)
    }
}

/// The failure that a script asks for.
public struct ScriptedFailure: Error, Hashable, CustomStringConvertible {
    /// The text of the failure.
    public let description: String

    /// A failure with a text.
    ///
    /// - Parameter description: the text.
    public init(_ description: String) {
        self.description = description
    }
}
