// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import NIOCore
import NIOPosix
import Synchronization

/// Answers questions about health over HTTP/1, from memory, on one thread of its own.
///
/// ```swift
/// let server = HealthServer(configuration, clock: clock, wallClock: wallClock)
/// let addresses = try await server.start()
/// server.publish(snapshot)              // whenever one is taken, from any thread
/// server.heartbeat.beat(at: clock())    // whenever the probe loop turns
/// server.drain()                        // at SIGTERM; then, after the drain time:
/// await server.stop(deadline: .seconds(5))
/// ```
///
/// Nothing here touches the probe loop, and no request takes a lock or does work for a probe: everything a request needs is
/// confined to the server's event loop, and arrives there by message.
package final class HealthServer: Sendable {
    /// The probe loop's sign of life; `/livez` fails when it is older than the configuration's bound.
    package let heartbeat: Heartbeat
    /// The server's own sign of life, given by its thread twice a second while it runs.
    package let ownHeartbeat: Heartbeat

    private let configuration: HealthServerConfiguration
    private let clock: @Sendable () -> MonotonicInstant
    private let wallClock: @Sendable () -> WallTime
    private let makeRequestID: @Sendable () -> String
    private let mailbox = SnapshotMailbox()
    private let lifecycle = Mutex(Lifecycle.idle)

    private enum Lifecycle: Sendable {
        case idle
        case starting
        case running(Running)
        case stopped
    }

    private struct Running: Sendable {
        let group: MultiThreadedEventLoopGroup
        let core: NIOLoopBound<ServerCore>
        let listeners: [BoundListener]
    }

    /// Makes a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: where to listen, and what to allow.
    ///   - clock: the clock that snapshots' instants were read from.
    ///   - wallClock: the calendar's clock, for dates in answers.
    ///   - makeRequestID: makes the id of a request that brought none; random by default.
    package init(
        _ configuration: HealthServerConfiguration,
        clock: @escaping @Sendable () -> MonotonicInstant,
        wallClock: @escaping @Sendable () -> WallTime,
        makeRequestID: @escaping @Sendable () -> String = HealthServer.randomRequestID
    ) {
        precondition(!configuration.listeners.isEmpty, "a health server needs at least one listener")
        self.configuration = configuration
        self.clock = clock
        self.wallClock = wallClock
        self.makeRequestID = makeRequestID
        heartbeat = Heartbeat(at: clock())
        ownHeartbeat = Heartbeat(at: clock())
    }

    /// Starts the thread and binds every listener, or none.
    ///
    /// Until the first snapshot `/readyz` and `/startupz` answer 503, starting; `/livez` follows ``heartbeat``, which
    /// counts as beaten now.
    ///
    /// - Returns: the real address of each listener, in the configuration's order.
    /// - Throws: ``ListenError`` for the first listener that cannot be bound.
    package func start() async throws(ListenError) -> [ListenAddress] {
        lifecycle.withLock { lifecycle in
            guard case .idle = lifecycle else { preconditionFailure("a health server is started once") }
            lifecycle = .starting
        }
        heartbeat.beat(at: clock())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let core = await makeCore(on: group.next())
        var listeners: [BoundListener] = []
        do throws(ListenError) {
            for settings in configuration.listeners {
                listeners.append(try await BoundListener(settings, of: core))
            }
        } catch {
            await end(Running(group: group, core: core, listeners: listeners), within: .zero)
            lifecycle.withLock { $0 = .stopped }
            throw error
        }
        let running = Running(group: group, core: core, listeners: listeners)
        lifecycle.withLock { $0 = .running(running) }
        return listeners.map(\.address)
    }

    /// Answers from `snapshot` from now on; callable from any thread, at any time, without waiting.
    ///
    /// Of several that come faster than the server looks, only the newest by sequence counts.
    package func publish(_ snapshot: HealthSnapshot) {
        mailbox.put(snapshot)
    }

    /// From now on readiness answers 503, draining, whatever is published, and every answer ends its connection.
    package func drain() {
        mailbox.drain()
    }

    /// Stops accepting, lets requests in work finish until `deadline` from now, closes everything and ends the thread.
    ///
    /// Idle connections are closed at once. Does nothing when the server is not running.
    package func stop(deadline: Duration) async {
        let running = lifecycle.withLock { lifecycle -> Running? in
            guard case .running(let running) = lifecycle else { return nil }
            lifecycle = .stopped
            return running
        }
        guard let running else { return }
        await end(running, within: deadline)
    }

    /// What was answered and refused so far; zero everywhere when the server is not running.
    package func counters() async -> ServerCounters {
        // Asked under the lock, so that it reaches the event loop before a stop can end it.
        let counters = lifecycle.withLock { lifecycle -> EventLoopFuture<ServerCounters>? in
            guard case .running(let running) = lifecycle else { return nil }
            let core = running.core
            return core.eventLoop.submit { core.value.connections.counters }
        }
        return (try? await counters?.get()) ?? ServerCounters()
    }

    /// Sixteen random hexadecimal digits.
    package static func randomRequestID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Makes what lives on the event loop, there, and has the mail brought to it.
    private func makeCore(on eventLoop: any EventLoop) async -> NIOLoopBound<ServerCore> {
        await withCheckedContinuation { continuation in
            eventLoop.execute {
                let core = NIOLoopBound(self.core(on: eventLoop), eventLoop: eventLoop)
                self.beat(on: eventLoop)
                self.mailbox.connect(to: eventLoop) { snapshot, isDraining in
                    if let snapshot { core.value.state.publish(snapshot) }
                    if isDraining { core.value.state.drain() }
                }
                continuation.resume(returning: core)
            }
        }
    }

    /// Gives the server's own sign of life until the event loop ends.
    private func beat(on eventLoop: any EventLoop) {
        eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(500)) { [ownHeartbeat, clock] _ in
            ownHeartbeat.beat(at: clock())
        }
    }

    private func core(on eventLoop: any EventLoop) -> ServerCore {
        ServerCore(
            state: ServedState(
                configuration: configuration,
                heartbeat: heartbeat,
                clock: clock,
                wallClock: wallClock
            ),
            connections: ConnectionRegistry(limits: configuration.limits, eventLoop: eventLoop),
            limits: configuration.limits,
            makeRequestID: makeRequestID
        )
    }

    /// Closes everything that `running` names, as ``stop(deadline:)`` describes.
    private func end(_ running: Running, within deadline: Duration) async {
        for listener in running.listeners { await listener.close() }
        let core = running.core
        let wait = TimeAmount.nanoseconds(deadline.nanosecondsForTimers)
        // Neither can fail: what does not end by itself is cut, and the group is shut down once.
        try? await core.eventLoop.flatSubmit { core.value.connections.stop(within: wait) }.get()
        mailbox.disconnect()
        try? await running.group.shutdownGracefully()
    }
}
