// SPDX-License-Identifier: Apache-2.0

/// Keeps good answers for the time when there are none.
///
/// It is not a cache that saves calls: an answer is read only after a call has failed, and is marked as old.
public final class StaleCache<Value: Sendable>: Sendable {
    /// The oldest answer that is given.
    public let maxAge: Duration
    private let time: TimeSource
    private let answers: Locked<BoundedRegistry<Key, Answer>>

    private struct Key: Sendable, Hashable {
        var context: SecurityContext
        var key: String
    }

    private struct Answer: Sendable {
        var value: Value
        var storedAt: Duration
    }

    /// Makes an empty cache.
    ///
    /// - Parameters:
    ///   - maxAge: the oldest answer that is given, more than zero.
    ///   - capacity: the most answers kept, at least 1; default 1,000.
    ///   - time: the monotonic time; default `ContinuousClock`.
    public init(maxAge: Duration, capacity: Int = 1_000, time: TimeSource = TimeSource()) {
        precondition(maxAge > .zero, "a maximum age of \(maxAge) is not longer than zero")
        precondition(capacity >= 1, "a capacity of \(capacity) answers is not at least 1")
        self.maxAge = maxAge
        self.time = time
        answers = Locked(BoundedRegistry(capacity: capacity))
    }

    /// How many answers are kept.
    public var count: Int {
        answers.withLock { $0.count }
    }

    /// Keeps an answer.
    ///
    /// - Parameters:
    ///   - value: the answer.
    ///   - key: what was asked for.
    ///   - context: on whose behalf.
    public func store(_ value: Value, for key: String, context: SecurityContext) {
        let answer = Answer(value: value, storedAt: time.now())
        let key = Key(context: context, key: key)
        answers.withLock { answers in
            guard answers.update(key, { $0 = answer }) == nil else { return }
            _ = answers.insert(answer, for: key) { _ in true }
        }
    }

    /// The answer kept for the same question on the same behalf, and its age; nil when there is none or it is too old.
    ///
    /// - Parameters:
    ///   - key: what is asked for.
    ///   - context: on whose behalf.
    /// - Returns: the answer and its age.
    public func answer(for key: String, context: SecurityContext) -> (value: Value, age: Duration)? {
        let now = time.now()
        let key = Key(context: context, key: key)
        return answers.withLock { answers in
            guard let answer = answers.use(key) else { return nil }
            guard now - answer.storedAt <= maxAge else {
                _ = answers.remove(key)
                return nil
            }
            return (answer.value, now - answer.storedAt)
        }
    }
}
