// SPDX-License-Identifier: Apache-2.0

/// What to answer when the call has failed: one step after the other until one has an answer.
///
/// ```swift
/// let fallback = Fallback<Stock>([
///     .call(named: "replica", within: .milliseconds(300)) { try await replica.get("/stock") },
///     .cache(cache),
///     .value(.unknown),
/// ])
/// let answer = try await fallback.run(key: "stock/7") { try await client.get("/stock/7") }
/// ```
///
/// The answer says where it comes from. A fallback has its own time limit and never goes through the guarded call again; its
/// success is no success of the call, so a breaker inside the operation still counts the failure.
///
/// For authentication and authorisation use ``Purpose/authentication``: there a failure is a failure, and no step is taken.
public struct Fallback<Value: Sendable>: Sendable {
    /// What the call decides.
    public enum Purpose: Sendable, Hashable {
        /// Data: the steps are taken.
        case data
        /// Who somebody is or what they may do: a failure denies.
        case authentication
    }

    /// One thing to try.
    public enum Step: Sendable {
        /// Another call: a replica, another region, a computation.
        case call(named: String, within: Duration, @Sendable () async throws -> Value)
        /// The last good answer to the same question on the same behalf.
        case cache(StaleCache<Value>)
        /// A fixed answer.
        case value(Value)
    }

    /// The name that an observer is told.
    public let name: String
    private let steps: [Step]
    private let purpose: Purpose
    private let applies: @Sendable (any Error) -> Bool
    private let time: TimeSource
    private let observer: (any ResilienceObserver)?

    /// Makes a chain.
    ///
    /// - Parameters:
    ///   - steps: what to try, in this order.
    ///   - purpose: what the call decides; default data.
    ///   - name: the name that an observer is told; default `fallback`.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - observer: told where answers come from; default none.
    ///   - applies: for which errors of the operation; default all but `CancellationError`.
    public init(
        _ steps: [Step],
        purpose: Purpose = .data,
        name: String = "fallback",
        time: TimeSource = TimeSource(),
        observer: (any ResilienceObserver)? = nil,
        when applies: @escaping @Sendable (any Error) -> Bool = { !($0 is CancellationError) }
    ) {
        self.name = name
        self.observer = observer
        self.steps = steps
        self.purpose = purpose
        self.applies = applies
        self.time = time
    }

    /// Calls `operation`, and takes the steps when it fails.
    ///
    /// A good answer is kept in the caches of the chain.
    ///
    /// - Parameters:
    ///   - key: what is asked for, the key of the caches.
    ///   - context: on whose behalf; nil takes that of the task.
    ///   - operation: the call.
    /// - Returns: the answer and where it comes from.
    /// - Throws: ``FallbackError``.
    nonisolated(nonsending) public func run<Failure: Error>(
        key: String,
        context: SecurityContext? = nil,
        _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(FallbackError<Failure>) -> FallbackAnswer<Value> {
        do throws(FallbackError<Failure>) {
            let answer = try await answer(key, context ?? SecurityContext.current, operation)
            observer?.fallback(name, didAnswerFrom: answer.source)
            return answer
        } catch {
            observer?.fallbackDidFail(name)
            throw error
        }
    }

    private nonisolated(nonsending) func answer<Failure: Error>(
        _ key: String,
        _ context: SecurityContext,
        _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(FallbackError<Failure>) -> FallbackAnswer<Value> {
        do throws(Failure) {
            let value = try await operation()
            keep(value, key, context)
            return FallbackAnswer(value: value, source: .operation)
        } catch {
            guard !Task.isCancelled, applies(error.innermost) else {
                throw FallbackError(primary: error, steps: [], isDenied: false)
            }
            guard purpose == .data else { throw FallbackError(primary: error, steps: [], isDenied: true) }
            return try await takeSteps(after: error, key, context)
        }
    }

    private nonisolated(nonsending) func takeSteps<Failure: Error>(
        after error: Failure,
        _ key: String,
        _ context: SecurityContext
    ) async throws(FallbackError<Failure>) -> FallbackAnswer<Value> {
        var failures: [FailureCause] = []
        for step in steps {
            switch step {
            case .value(let value):
                return FallbackAnswer(value: value, source: .value)
            case .cache(let cache):
                if let (value, age) = cache.answer(for: key, context: context) {
                    return FallbackAnswer(value: value, source: .cache(age: age))
                }
                failures.append(FailureCause("cache: no answer that is fresh enough"))
            case .call(let name, let limit, let operation):
                do {
                    let value = try await withTimeout(limit, time: time, operation)
                    return FallbackAnswer(value: value, source: .call(named: name))
                } catch {
                    failures.append(FailureCause("\(name): \(error)"))
                }
            }
        }
        throw FallbackError(primary: error, steps: failures, isDenied: false)
    }

    private func keep(_ value: Value, _ key: String, _ context: SecurityContext) {
        guard purpose == .data else { return }
        for case .cache(let cache) in steps { cache.store(value, for: key, context: context) }
    }
}
