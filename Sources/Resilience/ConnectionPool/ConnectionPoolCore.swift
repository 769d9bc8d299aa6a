// SPDX-License-Identifier: Apache-2.0

/// A connection and what the pool knows about it.
struct PooledConnection<Connection: Sendable>: Sendable {
    let connection: Connection
    /// When it must not be used any more; fixed when it was made, so returning it does not renew it.
    let expiresAt: Duration
    var idleSince: Duration
    /// Whether its last user left it in an unknown condition.
    var isSuspect = false
}

/// How a lease ended.
enum LeaseEnd: Sendable {
    case good
    case suspect
    case broken
}

/// The bookkeeping of a pool, without a lock, a clock or I/O: events in, work out.
///
/// Whoever needs a connection that is not ready waits in the queue; connections are made and checked for the queue, not for one
/// caller. So a caller that leaves takes nothing with it. It always holds that there are as many connections in the making as
/// callers that wait, unless the pool is full.
struct ConnectionPoolCore<Connection: Sendable, Element: Sendable>: Sendable {
    typealias Pooled = PooledConnection<Connection>

    /// What the shell has to do after it has unlocked.
    enum Work: Sendable {
        /// Makes a connection, but not before this time.
        case create(notBefore: Duration?)
        case check(Pooled)
        case close(Pooled)
        case grant(Element, Pooled)
        case fail(Element, ConnectionPoolError)
    }

    enum Acquisition: Sendable {
        case leased(Pooled)
        case waiting(ticket: UInt64)
        case refused(ConnectionPoolError)
    }

    private let configuration: ConnectionPoolConfiguration
    /// Oldest first; leased from the end, so that what is not needed grows old.
    private(set) var idle: [Pooled] = []
    private var active = 0
    private var pending = 0
    private var queue = TicketQueue<Element>()
    private var created: UInt64 = 0
    private var closed: UInt64 = 0
    private(set) var isClosed = false
    private var random: SplitMix64
    private var backoff = Self.creationBackoff
    private var failuresInRow = 0
    /// The end of the pause after creations that have failed; nil once one has succeeded.
    private(set) var createsNotBefore: Duration?

    /// 100 ms after the first failure, doubling up to 10 s.
    private static var creationBackoff: RetryBackoff { RetryBackoff(RetryConfiguration(maxBackoff: .seconds(10))) }

    init(_ configuration: ConnectionPoolConfiguration, random: SplitMix64) {
        self.configuration = configuration
        self.random = random
    }

    var statistics: ConnectionPoolStatistics {
        ConnectionPoolStatistics(
            idle: idle.count,
            active: active,
            pending: pending,
            waiting: queue.count,
            maxSize: configuration.maxSize,
            created: created,
            closed: closed
        )
    }

    private var total: Int { idle.count + active + pending }

    mutating func acquire(_ element: Element, now: Duration, _ work: inout [Work]) -> Acquisition {
        if isClosed { return .refused(.closed) }
        while let last = idle.last, now >= last.expiresAt { close(idle.removeLast(), &work) }
        if let position = idle.lastIndex(where: { isUsable($0, now: now) }) {
            active += 1
            return .leased(idle.remove(at: position))
        }
        guard queue.count < configuration.maxWaiting else { return .refused(.tooManyWaiting) }
        if let last = idle.popLast() { check(last, &work) }
        let ticket = queue.append(element)
        createForQueue(&work)
        return .waiting(ticket: ticket)
    }

    /// Unlinks a caller that waits no more; what is in the making for it will serve the next one or be idle.
    mutating func giveUp(_ ticket: UInt64) {
        _ = queue.remove(ticket)
    }

    mutating func release(_ pooled: Pooled, _ end: LeaseEnd, now: Duration, _ work: inout [Work]) {
        active -= 1
        switch end {
        case _ where isClosed || now >= pooled.expiresAt: close(pooled, &work)
        case .broken: close(pooled, &work)
        case .good: offer(pooled, isSuspect: false, now: now, &work)
        case .suspect where queue.count > pending: check(pooled, &work)
        case .suspect: offer(pooled, isSuspect: true, now: now, &work)
        }
        maintain(now: now, &work)
    }

    mutating func didCreate(_ connection: Connection, now: Duration, _ work: inout [Work]) {
        pending -= 1
        created += 1
        failuresInRow = 0
        createsNotBefore = nil
        let lifetime = configuration.maxLifetime.scaled(
            by: 1 - 0.1 * random.unit(),
            atMost: configuration.maxLifetime
        )
        let pooled = Pooled(connection: connection, expiresAt: now + lifetime, idleSince: now)
        if isClosed { close(pooled, &work) } else { offer(pooled, isSuspect: false, now: now, &work) }
    }

    /// Tells the caller that waits longest; for the others connections are made after a pause.
    ///
    /// Creations that were under way together count as one failure.
    mutating func didFailToCreate(_ cause: FailureCause, now: Duration, _ work: inout [Work]) {
        pending -= 1
        if createsNotBefore.map({ now >= $0 }) ?? true {
            failuresInRow += 1
            createsNotBefore = now + backoff.wait(after: failuresInRow, unit: random.unit())
        }
        if let element = queue.popFirst() { work.append(.fail(element, .creationFailed(cause))) }
        createForQueue(&work)
    }

    /// Asked after a pause: false when the pool was closed meanwhile, and then nothing is in the making any more.
    mutating func mayStillCreate() -> Bool {
        if isClosed { pending -= 1 }
        return !isClosed
    }

    mutating func didCheck(_ pooled: Pooled, isHealthy: Bool, now: Duration, _ work: inout [Work]) {
        pending -= 1
        if isHealthy && !isClosed && now < pooled.expiresAt {
            offer(pooled, isSuspect: false, now: now, &work)
        } else {
            close(pooled, &work)
            createForQueue(&work)
        }
    }

    /// Closes what is too old or idle too long, and makes what is missing to `minIdle`.
    mutating func maintain(now: Duration, _ work: inout [Work]) {
        guard !isClosed else { return }
        for position in idle.indices.reversed() where now >= idle[position].expiresAt {
            close(idle.remove(at: position), &work)
        }
        while idle.count > configuration.minIdle, now - idle[0].idleSince >= configuration.idleTimeout {
            close(idle.removeFirst(), &work)
        }
        createForQueue(&work)
        while idle.count + pending - queue.count < configuration.minIdle, total < configuration.maxSize {
            pending += 1
            work.append(.create(notBefore: createsNotBefore))
        }
    }

    /// Closes every idle connection.
    mutating func clearIdle(_ work: inout [Work]) {
        while let pooled = idle.popLast() { close(pooled, &work) }
    }

    /// Closes what is idle and fails who waits; what is leased is closed when it comes back.
    mutating func close(_ work: inout [Work]) {
        isClosed = true
        clearIdle(&work)
        while let element = queue.popFirst() { work.append(.fail(element, .closed)) }
    }

    /// Whether it can be lent without a check.
    private func isUsable(_ pooled: Pooled, now: Duration) -> Bool {
        !pooled.isSuspect && now < pooled.expiresAt && now - pooled.idleSince <= configuration.healthCheckAfter
    }

    private mutating func offer(_ pooled: Pooled, isSuspect: Bool, now: Duration, _ work: inout [Work]) {
        var pooled = pooled
        pooled.idleSince = now
        pooled.isSuspect = isSuspect
        if !isSuspect, let element = queue.popFirst() {
            active += 1
            work.append(.grant(element, pooled))
        } else {
            idle.append(pooled)
        }
    }

    private mutating func check(_ pooled: Pooled, _ work: inout [Work]) {
        pending += 1
        work.append(.check(pooled))
    }

    private mutating func close(_ pooled: Pooled, _ work: inout [Work]) {
        closed += 1
        work.append(.close(pooled))
    }

    private mutating func createForQueue(_ work: inout [Work]) {
        while !isClosed, queue.count > pending, total < configuration.maxSize {
            pending += 1
            work.append(.create(notBefore: createsNotBefore))
        }
    }
}
