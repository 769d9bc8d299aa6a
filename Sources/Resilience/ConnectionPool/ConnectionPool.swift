// SPDX-License-Identifier: Apache-2.0

/// Keeps connections for reuse and bounds their number.
///
/// ```swift
/// let pool = ConnectionPool(factory)
/// let rows = try await pool.withConnection { try await $0.query("…") }
/// ```
///
/// A connection is lent as a lease that gives it back by itself. The longest idle connections are used last and closed first. Making,
/// checking and closing happen in tasks of the pool, outside every lock; a caller that times out or is cancelled only leaves the
/// queue, and what was being made for it serves the next one.
///
/// When a connection cannot be made, one caller is told. The next one is made after a pause of 100 ms, which doubles up to 10 s
/// until one succeeds; meanwhile callers wait for what the others give back.
///
/// Run ``run(every:)`` in a task of your service to close idle connections and keep `minIdle` ready while nobody calls.
public final class ConnectionPool<Factory: ConnectionFactory>: Sendable {
    private typealias Core = ConnectionPoolCore<Factory.Connection, PoolWaiter>
    private typealias PoolWaiter = Waiter<PoolAnswer<Factory.Connection>>

    /// The name that an observer is told.
    public let name: String
    /// The configuration.
    public let configuration: ConnectionPoolConfiguration
    private let factory: Factory
    private let time: TimeSource
    private let observer: (any ResilienceObserver)?
    private let core: Locked<Core>

    /// Makes a pool without connections.
    ///
    /// - Parameters:
    ///   - factory: makes, checks and closes the connections.
    ///   - configuration: must be valid; check one from outside with ``ConnectionPoolConfiguration/validate()`` first.
    ///   - name: the name that an observer is told; default `connection pool`.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - randomSeed: the seed of the spread of lifetimes; nil takes one from the system.
    ///   - observer: told of leases and connections; default none.
    public init(
        _ factory: Factory,
        configuration: ConnectionPoolConfiguration = .init(),
        name: String = "connection pool",
        time: TimeSource = TimeSource(),
        randomSeed: UInt64? = nil,
        observer: (any ResilienceObserver)? = nil
    ) {
        let problems = configuration.problems
        precondition(problems.isEmpty, "connection pool: \(InvalidConfiguration(problems: problems))")
        self.name = name
        self.observer = observer
        self.factory = factory
        self.configuration = configuration
        self.time = time
        core = Locked(Core(configuration, random: randomSeed.map { SplitMix64(seed: $0) } ?? SplitMix64()))
    }

    /// A connection on loan.
    ///
    /// Say how it ended with ``release()`` or ``discard()``. One that is dropped comes back too, and is checked before its next
    /// use.
    public struct Lease: ~Copyable, Sendable {
        private let pool: ConnectionPool
        private let pooled: PooledConnection<Factory.Connection>
        private var end = LeaseEnd.suspect

        fileprivate init(_ pool: ConnectionPool, _ pooled: PooledConnection<Factory.Connection>) {
            self.pool = pool
            self.pooled = pooled
        }

        deinit {
            pool.observer?.connectionPoolDidTakeBack(pool.name)
            pool.giveBack(pooled, end)
        }

        /// The connection; not to be used after the lease has ended.
        public var connection: Factory.Connection { pooled.connection }

        /// Gives the connection back in good condition.
        public consuming func release() {
            end = .good
        }

        /// Gives the place back and has the connection closed.
        public consuming func discard() {
            end = .broken
        }
    }

    /// What the pool holds and has done.
    public var statistics: ConnectionPoolStatistics {
        core.withLock { $0.statistics }
    }

    /// Lends a connection, waiting for one in order of arrival.
    ///
    /// The time limit covers waiting, making and checking.
    ///
    /// - Returns: the lease.
    /// - Throws: ``ConnectionPoolError``.
    nonisolated(nonsending) public func acquire() async throws(ConnectionPoolError) -> Lease {
        let waiter = PoolWaiter()
        let now = time.now()
        let ticket: UInt64
        switch withCore({ $0.acquire(waiter, now: now, &$1) }) {
        case .leased(let pooled): return leased(pooled, after: .zero)
        case .refused(let error): throw refused(error)
        case .waiting(let queued): ticket = queued
        }
        let end = Deadline.instant(on: time, now: now, limit: configuration.acquireTimeout) ?? now
        switch await waiter.outcome(until: end, time) {
        case .granted(.connection(let pooled)):
            return leased(pooled, after: observer == nil ? .zero : time.now() - now)
        case .granted(.failure(let error)):
            throw refused(error)
        case .timedOut:
            core.withLock { $0.giveUp(ticket) }
            throw refused(.timedOut(after: max(end - now, .zero)))
        case .cancelled:
            core.withLock { $0.giveUp(ticket) }
            throw refused(.cancelled)
        }
    }

    private func leased(_ pooled: PooledConnection<Factory.Connection>, after wait: Duration) -> Lease {
        observer?.connectionPool(name, didLeaseAfter: wait)
        return Lease(self, pooled)
    }

    private func refused(_ error: ConnectionPoolError) -> ConnectionPoolError {
        observer?.connectionPool(name, didRefuse: error)
        return error
    }

    /// Runs `operation` with a connection.
    ///
    /// After an error the connection is checked before its next use.
    ///
    /// - Parameter operation: what to run.
    /// - Returns: what `operation` returns.
    /// - Throws: ``ConnectionPoolError``, or the error of `operation`.
    nonisolated(nonsending) public func withConnection<Value>(
        _ operation: nonisolated(nonsending) (Factory.Connection) async throws -> Value
    ) async throws -> Value {
        let lease = try await acquire()
        let value = try await operation(lease.connection)
        lease.release()
        return value
    }

    /// Closes every connection that is idle.
    public func clearIdle() {
        withCore { $0.clearIdle(&$1) }
    }

    /// Closes what is too old or idle too long, and makes what is missing to `minIdle`.
    public func maintain() {
        let now = time.now()
        withCore { $0.maintain(now: now, &$1) }
    }

    /// Maintains the pool until the task is cancelled, then closes it.
    ///
    /// - Parameter interval: how often; more than zero; default 10 s.
    nonisolated(nonsending) public func run(every interval: Duration = .seconds(10)) async {
        precondition(interval > .zero, "an interval of \(interval) is not longer than zero")
        do {
            while true {
                maintain()
                try await time.sleep(until: time.now() + interval)
            }
        } catch {
            close()
        }
    }

    /// Closes what is idle, fails who waits, and lends nothing any more; leases are closed when they come back.
    public func close() {
        withCore { $0.close(&$1) }
    }

    fileprivate func giveBack(_ pooled: PooledConnection<Factory.Connection>, _ end: LeaseEnd) {
        let now = time.now()
        withCore { $0.release(pooled, end, now: now, &$1) }
    }

    private func withCore<Result: Sendable>(_ body: (inout Core, inout [Core.Work]) -> Result) -> Result {
        let (result, work) = core.withLock { core in
            var work: [Core.Work] = []
            let result = body(&core, &work)
            return (result, work)
        }
        for item in work { perform(item) }
        return result
    }

    private func perform(_ work: Core.Work) {
        switch work {
        case .grant(let waiter, let pooled):
            if !waiter.answer(.granted(.connection(pooled))) { giveBack(pooled, .good) }
        case .fail(let waiter, let error):
            _ = waiter.answer(.granted(.failure(error)))
        case .create, .check, .close:
            // Owned by the pool, which it keeps alive: it ends with one call of the factory. It is detached, because neither the
            // deadline nor the cancellation of the caller that happened to need a connection applies to it.
            Task.detached { await self.callFactory(work) }
        }
    }

    private func callFactory(_ work: Core.Work) async {
        switch work {
        case .create(let notBefore):
            do {
                if let notBefore {
                    try await time.sleep(until: notBefore)
                    guard core.withLock({ $0.mayStillCreate() }) else { return }
                }
                let connection = try await factory.create()
                observer?.connectionPoolDidOpen(name)
                let now = time.now()
                withCore { $0.didCreate(connection, now: now, &$1) }
            } catch {
                let cause = FailureCause(error)
                observer?.connectionPool(name, didFailToOpen: cause)
                let now = time.now()
                withCore { $0.didFailToCreate(cause, now: now, &$1) }
            }
        case .check(let pooled):
            let isHealthy = await factory.isHealthy(pooled.connection)
            let now = time.now()
            withCore { $0.didCheck(pooled, isHealthy: isHealthy, now: now, &$1) }
        case .close(let pooled):
            await factory.close(pooled.connection)
            observer?.connectionPoolDidClose(name)
        case .grant, .fail:
            break
        }
    }
}

/// What a caller that waits for a connection is told.
private enum PoolAnswer<Connection: Sendable>: Sendable {
    case connection(PooledConnection<Connection>)
    case failure(ConnectionPoolError)
}
