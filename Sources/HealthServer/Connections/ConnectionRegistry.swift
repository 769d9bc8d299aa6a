// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// Every open connection of the server: counts them, bounds them, and ends those that take too long; confined to the
/// event loop.
///
/// Time is looked at by one sweep over all connections, not by a timer for each: at most 512 connections are swept every
/// second or so, and a request on the fast path arms and cancels nothing.
final class ConnectionRegistry {
    private let limits: ServerLimits
    let eventLoop: any EventLoop
    private let sweepInterval: TimeAmount

    var counters = ServerCounters()
    /// Whether the server is stopping: every answer ends its connection.
    private(set) var isStopping = false
    /// The time of the last sweep or connection; good enough for every deadline of a connection.
    private(set) var now: NIODeadline

    private var connections: [ObjectIdentifier: any ServedConnection] = [:]
    private var perAddress: [ClientAddress: Int] = [:]
    /// Accepting sides that wait for room.
    private var waiting: [ObjectIdentifier: AcceptGate] = [:]
    private var sweep: Scheduled<Void>?
    private var emptied: EventLoopPromise<Void>?

    init(limits: ServerLimits, eventLoop: any EventLoop) {
        self.limits = limits
        self.eventLoop = eventLoop
        now = eventLoop.now
        let shortest = min(limits.headerTimeout, limits.idleTimeout, limits.writeTimeout, limits.lingerTimeout)
        let quarter = TimeAmount.nanoseconds(shortest.nanosecondsForTimers / 4)
        sweepInterval = min(.seconds(1), max(.milliseconds(10), quarter))
    }

    /// How many connections are open.
    var count: Int { connections.count }

    /// Whether another connection may be accepted, after an idle one made room if needed.
    func makeRoom() -> Bool {
        guard connections.count >= limits.connections else { return true }
        guard let idle = connections.values.filter(\.isIdle).min(by: { $0.since < $1.since }) else { return false }
        counters.evicted += 1
        idle.closeNow()
        return connections.count < limits.connections
    }

    /// Takes a connection in, or says that it must be refused.
    func admit(_ gate: any ServedConnection, from address: ClientAddress) -> Bool {
        guard !isStopping else { return false }
        let allowed = address.isLocal ? limits.connectionsPerLocalAddress : limits.connectionsPerAddress
        guard perAddress[address, default: 0] < allowed else {
            counters.refusedPerAddress += 1
            return false
        }
        guard makeRoom() else {
            counters.refusedInAll += 1
            return false
        }
        now = eventLoop.now
        counters.accepted += 1
        perAddress[address, default: 0] += 1
        connections[ObjectIdentifier(gate)] = gate
        if sweep == nil { scheduleSweep() }
        return true
    }

    /// Forgets a connection that has ended.
    func remove(_ gate: any ServedConnection, from address: ClientAddress) {
        guard connections.removeValue(forKey: ObjectIdentifier(gate)) != nil else { return }
        if let count = perAddress[address], count > 1 {
            perAddress[address] = count - 1
        } else {
            perAddress[address] = nil
        }
        if connections.isEmpty {
            sweep?.cancel()
            sweep = nil
            emptied?.succeed()
            emptied = nil
        }
        resumeAccepting()
    }

    /// Lets another one stand for the same connection, which now speaks another protocol.
    func replace(_ gate: any ServedConnection, by connection: any ServedConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(gate)) != nil else { return }
        connections[ObjectIdentifier(connection)] = connection
    }

    /// Tells every connection that the agent drains.
    func drain() {
        for connection in Array(connections.values) { connection.drain() }
    }

    /// Remembers an accepting side that waits for room.
    func wait(_ gate: AcceptGate) {
        waiting[ObjectIdentifier(gate)] = gate
    }

    /// Ends idle connections at once and the others, new ones too, with their next answer; what is left at the deadline is cut.
    func stop(within deadline: TimeAmount) -> EventLoopFuture<Void> {
        isStopping = true
        let promise = eventLoop.makePromise(of: Void.self)
        guard !connections.isEmpty else {
            promise.succeed()
            return promise.futureResult
        }
        emptied = promise
        for gate in Array(connections.values) { gate.finish() }
        let cut = eventLoop.assumeIsolated().scheduleTask(in: deadline) {
            for gate in Array(self.connections.values) { gate.closeNow() }
        }
        promise.futureResult.whenComplete { _ in cut.cancel() }
        return promise.futureResult
    }

    private func scheduleSweep() {
        sweep = eventLoop.assumeIsolated().scheduleTask(in: sweepInterval) {
            self.now = self.eventLoop.now
            self.sweep = nil
            for gate in Array(self.connections.values) { gate.checkDeadlines() }
            // A connection that was busy when accepting paused may be idle now.
            self.resumeAccepting()
            if !self.connections.isEmpty, self.sweep == nil { self.scheduleSweep() }
        }
    }

    private func resumeAccepting() {
        let resumed = waiting.values
        waiting = [:]
        for gate in resumed { gate.resume() }
    }
}

extension Duration {
    /// Nanoseconds for NIO's timers, held within a century either side.
    var nanosecondsForTimers: Int64 {
        let century = Duration.seconds(3_155_760_000)
        let (seconds, attoseconds) = min(max(self, .zero), century).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
