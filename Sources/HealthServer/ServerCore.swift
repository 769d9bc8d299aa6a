// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// What all listeners of a server share; confined to the event loop.
final class ServerCore {
    let state: ServedState
    let connections: ConnectionRegistry
    let events: EventHub
    private let thread: RenderingThread
    private let limits: ServerLimits
    private let makeRequestID: @Sendable () -> String

    init(
        state: ServedState,
        connections: ConnectionRegistry,
        events: EventHub,
        thread: RenderingThread = .none,
        limits: ServerLimits,
        makeRequestID: @escaping @Sendable () -> String
    ) {
        self.state = state
        self.connections = connections
        self.events = events
        self.thread = thread
        self.limits = limits
        self.makeRequestID = makeRequestID
    }

    /// What the connections of the agent-check port at `address` share.
    func agentCheck(_ address: HostPort) -> AgentCheckDesk {
        let settings = ListenerSettings(address: .tcp(address))
        return AgentCheckDesk(
            ListenerAnswers(state: state, settings: settings, thread: thread),
            limit: limits.agentCheckConnections
        )
    }

    /// What the connections of one listener share.
    func listener(_ settings: ListenerSettings, usesPreparedBytes: Bool = true) -> ListenerContext {
        ListenerContext(
            answers: ListenerAnswers(state: state, settings: settings, thread: thread),
            settings: settings,
            connections: connections,
            events: events,
            limits: limits,
            makeRequestID: makeRequestID,
            usesPreparedBytes: usesPreparedBytes
        )
    }
}
