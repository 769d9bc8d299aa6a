// SPDX-License-Identifier: Apache-2.0

/// Bounds how many calls run at once, so that one slow dependency cannot take all the resources of the process.
///
/// ```swift
/// let bulkhead = Bulkhead(.init(maxConcurrent: 20, maxQueue: 50))
/// let report = try await bulkhead.run { try await render() }
/// ```
///
/// Who waits is served in order of arrival. A call that times out or is cancelled leaves the queue at once, and a place that was
/// granted to it meanwhile goes to the next one: no place is ever lost.
///
/// It is not a rate limiter: it does not bound how many calls start per second.
public final class Bulkhead: Sendable {
    /// The name that an observer is told.
    public let name: String
    /// The configuration.
    public let configuration: BulkheadConfiguration
    private let time: TimeSource
    private let observer: (any ResilienceObserver)?
    private let core: Locked<BulkheadCore<Waiter<Void>>>

    /// Makes a bulkhead.
    ///
    /// - Parameters:
    ///   - configuration: must be valid; check one from outside with ``BulkheadConfiguration/validate()`` first.
    ///   - name: the name that an observer is told; default `bulkhead`.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - observer: told of every wait, admission, rejection and return; default none.
    public init(
        _ configuration: BulkheadConfiguration = .init(),
        name: String = "bulkhead",
        time: TimeSource = TimeSource(),
        observer: (any ResilienceObserver)? = nil
    ) {
        let problems = configuration.problems
        precondition(problems.isEmpty, "bulkhead: \(InvalidConfiguration(problems: problems))")
        self.name = name
        self.configuration = configuration
        self.time = time
        self.observer = observer
        core = Locked(BulkheadCore(configuration))
    }

    /// The right to run one call.
    ///
    /// Dropping it gives the place back.
    public struct Permit: ~Copyable, Sendable {
        private let bulkhead: Bulkhead

        fileprivate init(_ bulkhead: Bulkhead) {
            self.bulkhead = bulkhead
        }

        deinit {
            bulkhead.giveBack()
        }

        /// Gives the place back now.
        public consuming func release() {}
    }

    /// What the bulkhead is doing and has done.
    public var statistics: BulkheadStatistics {
        core.withLock { $0.statistics }
    }

    /// Takes a place if one is free; never waits.
    ///
    /// - Returns: the permit.
    /// - Throws: ``BulkheadRejection/full``.
    public func tryAcquire() throws(BulkheadRejection) -> Permit {
        guard core.withLock({ $0.acquire(nil) }) == .admitted else { throw rejected(.full) }
        return admitted(after: .zero)
    }

    /// Takes a place, waiting for one in order of arrival.
    ///
    /// - Returns: the permit.
    /// - Throws: ``BulkheadRejection``.
    nonisolated(nonsending) public func acquire() async throws(BulkheadRejection) -> Permit {
        let waiter = Waiter<Void>()
        let ticket: UInt64
        switch core.withLock({ $0.acquire(waiter) }) {
        case .admitted: return admitted(after: .zero)
        case .full: throw rejected(.full)
        case .queued(let queued): ticket = queued
        }
        let now = time.now()
        let end = Deadline.instant(on: time, now: now, limit: configuration.queueTimeout) ?? now
        observer?.bulkheadDidQueue(name)
        let outcome = await waiter.outcome(until: end, time)
        observer?.bulkheadDidUnqueue(name)
        switch outcome {
        case .granted:
            return admitted(after: observer == nil ? .zero : time.now() - now)
        case .timedOut:
            core.withLock { $0.giveUp(ticket, isCancelled: false) }
            throw rejected(.timedOut(after: max(end - now, .zero)))
        case .cancelled:
            core.withLock { $0.giveUp(ticket, isCancelled: true) }
            throw rejected(.cancelled)
        }
    }

    /// Runs `operation` in a place of the bulkhead.
    ///
    /// - Parameter operation: what to run.
    /// - Returns: what `operation` returns.
    /// - Throws: ``BulkheadError``.
    nonisolated(nonsending) public func run<Value, Failure: Error>(
        _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(BulkheadError<Failure>) -> Value {
        let permit: Permit
        do {
            permit = try await acquire()
        } catch {
            throw .rejected(error)
        }
        do {
            let value = try await operation()
            permit.release()
            return value
        } catch {
            throw .operation(error)
        }
    }

    private func admitted(after wait: Duration) -> Permit {
        observer?.bulkhead(name, didAdmitAfter: wait)
        return Permit(self)
    }

    private func rejected(_ rejection: BulkheadRejection) -> BulkheadRejection {
        observer?.bulkhead(name, didReject: rejection)
        return rejection
    }

    /// Hands the place on until a waiter accepts it or nobody waits.
    private func giveBack() {
        observer?.bulkheadDidRelease(name)
        while let next = core.withLock({ $0.release() }) {
            if next.answer(.granted(())) { return }
        }
    }
}
