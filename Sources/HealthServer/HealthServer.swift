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
/// confined to the server's event loop, and arrives there by message. Who asks for figures may wait for the loop to publish them,
/// half a second at most; no answer to a load balancer does.
package final class HealthServer: Sendable {
    /// The probe loop's sign of life; `/livez` fails when it is older than the configuration's bound.
    package let heartbeat: Heartbeat
    /// The server's own sign of life, given by its thread twice a second while it runs.
    package let ownHeartbeat: Heartbeat

    private let configuration: HealthServerConfiguration
    private let clock: @Sendable () -> MonotonicInstant
    private let wallClock: @Sendable () -> WallTime
    private let facts: @Sendable () -> AgentFacts
    private let makeRequestID: @Sendable () -> String
    private let inherited: InheritedSockets
    private let material: any ListenerMaterial
    private let notify: @Sendable (ListenerNotice) -> Void
    private let mailbox = SnapshotMailbox()
    private let changes = EventMailbox()
    private let replies = ReplyMailbox()
    private let desk: (any AdminDesk)?
    private let askForFigures: (@Sendable () -> Void)?
    private let lifecycle = Mutex(Lifecycle.idle)

    private enum Lifecycle: Sendable {
        case idle
        case starting
        case running(Running)
        case stopped
    }

    private struct Running: Sendable {
        let group: MultiThreadedEventLoopGroup
        let renderers: NIOThreadPool
        let core: NIOLoopBound<ServerCore>
        let listeners: [BoundListener]
        var agentCheck: AgentCheckListener?
        let keys: KeyWatch?
    }

    /// Makes a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: where to listen, and what to allow.
    ///   - clock: the clock that snapshots' instants were read from.
    ///   - wallClock: the calendar's clock, for dates in answers.
    ///   - facts: tells of the agent itself, for metrics; called on a thread of the server, at most once a second for each
    ///     listener.
    ///   - inherited: the sockets that the service manager passed, for listeners that ask for one.
    ///   - material: where certificates, keys and tokens are read.
    ///   - notify: is told what happens to them while the server runs; called on the event loop, must not wait.
    ///   - desk: who does what is commanded; nil answers every command with 503.
    ///   - askForFigures: has a snapshot with the figures of all targets published soon; must not wait. nil where each has them.
    ///   - makeRequestID: makes the id of a request that brought none; random by default.
    package init(
        _ configuration: HealthServerConfiguration,
        clock: @escaping @Sendable () -> MonotonicInstant,
        wallClock: @escaping @Sendable () -> WallTime,
        facts: @escaping @Sendable () -> AgentFacts = { AgentFacts() },
        inherited: InheritedSockets = InheritedSockets(),
        material: any ListenerMaterial = NoMaterial(),
        notify: @escaping @Sendable (ListenerNotice) -> Void = { _ in },
        desk: (any AdminDesk)? = nil,
        askForFigures: (@Sendable () -> Void)? = nil,
        makeRequestID: @escaping @Sendable () -> String = HealthServer.randomRequestID
    ) {
        precondition(!configuration.listeners.isEmpty, "a health server needs at least one listener")
        self.configuration = configuration
        self.clock = clock
        self.wallClock = wallClock
        self.facts = facts
        self.inherited = inherited
        self.material = material
        self.notify = notify
        self.makeRequestID = makeRequestID
        self.desk = desk
        self.askForFigures = askForFigures
        heartbeat = Heartbeat(at: clock())
        ownHeartbeat = Heartbeat(at: clock())
    }

    /// Starts the thread and binds every listener, or none.
    ///
    /// Until the first snapshot `/readyz` and `/startupz` answer 503, starting; `/livez` follows ``heartbeat``, which
    /// counts as beaten now.
    ///
    /// - Parameter skipped: told of each optional listener that cannot be bound.
    /// - Returns: the real address of each other listener, in the configuration's order.
    /// - Throws: ``ListenError`` for the first listener that cannot be bound and is not optional.
    package func start(
        _ skipped: @Sendable (ListenError) -> Void = { _ in }
    ) async throws(ListenError) -> [ListenAddress] {
        lifecycle.withLock { lifecycle in
            guard case .idle = lifecycle else { preconditionFailure("a health server is started once") }
            lifecycle = .starting
        }
        heartbeat.beat(at: clock())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let renderers = NIOThreadPool(numberOfThreads: 1)
        renderers.start()
        let core = await makeCore(on: group.next(), renderers)
        let keys = makeKeyWatch(on: core.eventLoop)
        var listeners: [BoundListener] = []
        var agentCheck: AgentCheckListener?
        do throws(ListenError) {
            for settings in configuration.listeners {
                do throws(ListenError) {
                    listeners.append(try await BoundListener(settings, of: core, inherited: inherited, keys: keys))
                } catch {
                    guard settings.isOptional else { throw error }
                    skipped(error)
                }
            }
            if let address = configuration.agentCheck {
                agentCheck = try await AgentCheckListener(address, of: core)
            }
        } catch {
            let running = Running(
                group: group,
                renderers: renderers,
                core: core,
                listeners: listeners,
                agentCheck: agentCheck,
                keys: keys
            )
            await end(running, within: .zero)
            lifecycle.withLock { $0 = .stopped }
            throw error
        }
        let running = Running(
            group: group,
            renderers: renderers,
            core: core,
            listeners: listeners,
            agentCheck: agentCheck,
            keys: keys
        )
        lifecycle.withLock { $0 = .running(running) }
        for listener in listeners { wait(for: listener.awaited, of: listener.address, core) }
        if let agentCheck { wait(for: agentCheck.awaited, of: .tcp(agentCheck.address), core) }
        return listeners.map(\.address)
    }

    /// The real address of the agent-check port; nil when the server is not running or has none.
    package var agentCheckAddress: HostPort? {
        lifecycle.withLock { lifecycle in
            guard case .running(let running) = lifecycle else { return nil }
            return running.agentCheck?.address
        }
    }

    /// Answers from `snapshot` from now on; callable from any thread, at any time, without waiting.
    ///
    /// Of several that come faster than the server looks, only the newest by sequence counts.
    package func publish(_ snapshot: HealthSnapshot) {
        mailbox.put(snapshot)
    }

    /// Tells subscribers of a change; callable from any thread, at any time, without waiting.
    ///
    /// Changes are to come in the order of their numbers, which begin with 1 in every run of the agent.
    package func publish(_ change: HealthChange) {
        changes.put(change)
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
    private func makeCore(on eventLoop: any EventLoop, _ renderers: NIOThreadPool) async -> NIOLoopBound<ServerCore> {
        await withCheckedContinuation { continuation in
            eventLoop.execute {
                let core = NIOLoopBound(self.core(on: eventLoop, renderers), eventLoop: eventLoop)
                self.beat(on: eventLoop)
                self.mailbox.connect(to: eventLoop) { snapshot, isDraining in
                    if let snapshot { core.value.publish(snapshot) }
                    if isDraining {
                        core.value.state.drain()
                        core.value.events.drain()
                    }
                    core.value.watchers.look()
                    if isDraining { core.value.connections.drain() }
                }
                self.replies.connect(to: eventLoop)
                self.changes.connect(to: eventLoop) { core.value.events.publish($0) }
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

    /// Says that a listener's address is still to come, and once more when it has come.
    private func wait(
        for awaited: NIOCore.SocketAddress?,
        of address: ListenAddress,
        _ core: NIOLoopBound<ServerCore>
    ) {
        guard let awaited else { return }
        let interval = TimeAmount.nanoseconds(configuration.limits.addressInterval.nanosecondsForTimers)
        core.eventLoop.execute { [notify] in
            core.value.connections.counters.awaitedAddresses += 1
            let message = "this machine does not have the address yet; clients are answered from the moment it has"
            notify(ListenerNotice(address: address, isProblem: true, message: message))
            core.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { task in
                guard AwaitedAddress.isHere(awaited) else { return }
                task.cancel()
                core.value.connections.counters.awaitedAddresses -= 1
                notify(ListenerNotice(address: address, isProblem: false, message: "the address is there now"))
            }
        }
    }

    /// Watches the files of listeners; nil where no listener has any.
    private func makeKeyWatch(on eventLoop: any EventLoop) -> KeyWatch? {
        guard configuration.listeners.contains(where: { $0.tls != nil || $0.token != nil }) else { return nil }
        return KeyWatch(
            eventLoop: eventLoop,
            material: material,
            interval: .nanoseconds(configuration.limits.keyInterval.nanosecondsForTimers),
            notify: notify
        )
    }

    private func core(on eventLoop: any EventLoop, _ renderers: NIOThreadPool) -> ServerCore {
        ServerCore(
            state: ServedState(
                configuration: configuration,
                heartbeat: heartbeat,
                clock: clock,
                wallClock: wallClock,
                facts: facts
            ),
            connections: ConnectionRegistry(limits: configuration.limits, eventLoop: eventLoop),
            events: EventHub(eventLoop: eventLoop),
            thread: RenderingThread(renderers, eventLoop: eventLoop),
            desk: desk,
            replies: replies,
            askForFigures: askForFigures,
            limits: configuration.limits,
            makeRequestID: makeRequestID
        )
    }

    /// Closes everything that `running` names, as ``stop(deadline:)`` describes.
    private func end(_ running: Running, within deadline: Duration) async {
        for listener in running.listeners { await listener.close() }
        await running.agentCheck?.close()
        await running.keys?.stop(within: deadline)
        let core = running.core
        let wait = TimeAmount.nanoseconds(deadline.nanosecondsForTimers)
        // Neither can fail: what does not end by itself is cut, and the group is shut down once.
        try? await core.eventLoop.flatSubmit { core.value.connections.stop(within: wait) }.get()
        mailbox.disconnect()
        changes.disconnect()
        replies.disconnect()
        try? await running.renderers.shutdownGracefully()
        try? await running.group.shutdownGracefully()
    }
}
