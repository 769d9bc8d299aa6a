// SPDX-License-Identifier: Apache-2.0

/// The moment by which the caller needs an answer, passed down to everything that is called.
///
/// ```swift
/// try await withDeadline(.seconds(2)) {
///     try await retry.run { _ in try await fetch() }     // no attempt begins and no wait ends later
/// }
/// ```
///
/// It is a monotonic instant in a task-local value, so child tasks inherit it. A nested deadline is the earlier of the two. Retry,
/// bulkhead, pool and limiter shorten their waits to it; `withTimeout` shortens its limit to it. Nothing is cancelled by a
/// deadline alone.
public struct Deadline: Sendable {
    /// The deadline of the current task; nil when it has none.
    @TaskLocal public static var current: Deadline?

    private let time: TimeSource
    private let instant: Duration

    /// A deadline `duration` from now.
    ///
    /// - Parameters:
    ///   - duration: how long from now; zero or less has passed already.
    ///   - time: the time it is measured by; default `ContinuousClock`.
    public init(after duration: Duration, time: TimeSource = TimeSource()) {
        self.time = time
        instant = time.now() + duration
    }

    /// What is left; zero or less once it has passed.
    public var remaining: Duration { instant - time.now() }

    /// Whether nothing is left.
    public var hasPassed: Bool { remaining <= .zero }

    /// The earlier of two deadlines.
    ///
    /// - Parameter other: another deadline, or none.
    /// - Returns: the one with less time left.
    public func earlier(_ other: Deadline?) -> Deadline {
        guard let other, other.remaining < remaining else { return self }
        return other
    }

    /// The instant of the current task's deadline on `time`, at most `limit`; nil when neither limits.
    static func instant(on time: TimeSource, now: Duration, limit: Duration?) -> Duration? {
        let own = limit.map { now + $0 }
        guard let remaining = current?.remaining else { return own }
        guard let own else { return now + remaining }
        return min(own, now + remaining)
    }
}

/// Runs `operation` with a deadline `duration` from now, or the one in force when that is earlier.
///
/// - Parameters:
///   - duration: how long from now.
///   - time: the time it is measured by; default `ContinuousClock`.
///   - operation: what to run; it reads ``Deadline/current``.
/// - Returns: what `operation` returns.
/// - Throws: what `operation` throws.
nonisolated(nonsending) public func withDeadline<Value, Failure: Error>(
    _ duration: Duration,
    time: TimeSource = TimeSource(),
    _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
) async throws(Failure) -> Value {
    try await withDeadline(Deadline(after: duration, time: time), operation)
}

/// Runs `operation` with `deadline`, or the one in force when that is earlier.
///
/// - Parameters:
///   - deadline: for example that of an inbound request.
///   - operation: what to run; it reads ``Deadline/current``.
/// - Returns: what `operation` returns.
/// - Throws: what `operation` throws.
nonisolated(nonsending) public func withDeadline<Value, Failure: Error>(
    _ deadline: Deadline,
    _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result = await Deadline.$current.withValue(deadline.earlier(Deadline.current)) {
        do throws(Failure) {
            return Result<Value, Failure>.success(try await operation())
        } catch {
            return .failure(error)
        }
    }
    return try result.get()
}
