// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What happens to an operation whose time is up.
public enum TimeoutMode: Sendable {
    /// The operation is cancelled and waited for. One that ignores its cancellation delays the caller.
    case cooperative
    /// The operation is cancelled and left behind: the caller goes on at once, a late result is dropped.
    ///
    /// `counter` counts what was left behind, so that it stays visible.
    case abandon(counter: AbandonedOperations? = nil)
}

/// Counts operations that were left behind by ``TimeoutMode/abandon(counter:)``.
public final class AbandonedOperations: Sendable {
    private let abandoned = Atomic<Int>(0)
    private let running = Atomic<Int>(0)

    /// Nothing has been left behind.
    public init() {}

    /// Operations that were ever left behind.
    public var total: Int { abandoned.load(ordering: .relaxed) }

    /// Operations that were left behind and have not ended yet.
    public var inFlight: Int { running.load(ordering: .relaxed) }

    func begin() {
        abandoned.add(1, ordering: .relaxed)
        running.add(1, ordering: .relaxed)
    }

    func end() {
        running.subtract(1, ordering: .relaxed)
    }
}

/// Why an operation with a time limit did not return a value.
public enum TimeoutError<Failure: Error>: Error {
    /// The time was up after so long.
    case timedOut(after: Duration)
    /// The caller was cancelled and has left the operation behind; only in ``TimeoutMode/abandon(counter:)``.
    case cancelled
    /// The operation threw.
    case operation(Failure)
}

extension TimeoutError: Equatable where Failure: Equatable {}

extension TimeoutError: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        switch self {
        case .timedOut(let limit): "timed out after \(limit.text)"
        case .cancelled: "cancelled"
        case .operation(let error): "\(error)"
        }
    }
}

/// Runs `operation` for at most `limit`, or until the deadline in force when that is earlier.
///
/// The operation sees the limit as its ``Deadline/current``. A result that comes after the time is up does not count, even
/// where the operation was waited for. When the caller is cancelled, so is the operation.
///
/// - Parameters:
///   - limit: the longest it may take; zero or less does not start it.
///   - mode: what happens to it when the time is up; default ``TimeoutMode/cooperative``.
///   - time: the time it is measured by; default `ContinuousClock`.
///   - operation: what to run, as a child task (or a task of its own when it may be abandoned).
/// - Returns: what `operation` returns.
/// - Throws: ``TimeoutError``.
nonisolated(nonsending) public func withTimeout<Value: Sendable, Failure: Error>(
    _ limit: Duration,
    mode: TimeoutMode = .cooperative,
    time: TimeSource = TimeSource(),
    _ operation: @escaping @Sendable () async throws(Failure) -> Value
) async throws(TimeoutError<Failure>) -> Value {
    let now = time.now()
    let end = Deadline.instant(on: time, now: now, limit: limit) ?? now + limit
    let effective = end - now
    guard effective > .zero else { throw .timedOut(after: .zero) }
    let deadline = Deadline(after: effective, time: time)
    switch mode {
    case .cooperative:
        guard let result = await race(operation, until: end, deadline, time) else { throw .timedOut(after: effective) }
        return try value(of: result)
    case .abandon(let counter):
        let waiter = Waiter<Result<Value, Failure>>()
        let ledger = AbandonLedger(counter)
        // Owned by nobody once the time is up: it ends with the operation, which has been cancelled.
        let task = Task {
            _ = waiter.answer(.granted(await run(operation, until: deadline)))
            ledger.end()
        }
        switch await waiter.outcome(until: end, time) {
        case .granted(let result):
            return try value(of: result)
        case .timedOut:
            task.cancel()
            ledger.abandon()
            throw .timedOut(after: effective)
        case .cancelled:
            task.cancel()
            ledger.abandon()
            throw .cancelled
        }
    }
}

private func value<Value, Failure: Error>(
    of result: Result<Value, Failure>
) throws(TimeoutError<Failure>) -> Value {
    switch result {
    case .success(let value): return value
    case .failure(let error): throw .operation(error)
    }
}

/// How one side of the race between an operation and its time limit ended.
private enum RaceFinish<Value: Sendable, Failure: Error>: Sendable {
    case ended(Result<Value, Failure>)
    case timeUp
    case sleepCancelled
}

/// The result of `operation`, or nil when `end` comes first; returns after the operation has ended in either case.
private nonisolated(nonsending) func race<Value: Sendable, Failure: Error>(
    _ operation: @escaping @Sendable () async throws(Failure) -> Value,
    until end: Duration,
    _ deadline: Deadline,
    _ time: TimeSource
) async -> Result<Value, Failure>? {
    await withTaskGroup(of: RaceFinish<Value, Failure>.self) { group in
        group.addTask { .ended(await run(operation, until: deadline)) }
        group.addTask {
            do {
                try await time.sleep(until: end)
                return .timeUp
            } catch {
                return .sleepCancelled
            }
        }
        defer { group.cancelAll() }
        while let finish = await group.next() {
            switch finish {
            case .ended(let result): return result
            case .timeUp: return nil
            case .sleepCancelled: continue
            }
        }
        return nil
    }
}

private func run<Value: Sendable, Failure: Error>(
    _ operation: @Sendable () async throws(Failure) -> Value,
    until deadline: Deadline
) async -> Result<Value, Failure> {
    do throws(Failure) {
        return .success(try await withDeadline(deadline, operation))
    } catch {
        return .failure(error)
    }
}

/// Tells the counter of one abandoned operation, whichever of its end and its abandonment comes first.
private final class AbandonLedger: Sendable {
    private let counter: AbandonedOperations?
    private let progress = Locked(Progress())

    private struct Progress: Sendable {
        var isAbandoned = false
        var hasEnded = false
    }

    init(_ counter: AbandonedOperations?) {
        self.counter = counter
    }

    func abandon() {
        progress.withLock { progress in
            progress.isAbandoned = true
            counter?.begin()
            if progress.hasEnded { counter?.end() }
        }
    }

    func end() {
        progress.withLock { progress in
            progress.hasEnded = true
            if progress.isAbandoned { counter?.end() }
        }
    }
}
