// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// What all listeners of a server share; confined to the event loop.
final class ServerCore {
    let state: ServedState
    let connections: ConnectionRegistry
    let events: EventHub
    private let thread: RenderingThread
    let watchers: GRPCWatchers
    private let disposal: SnapshotDisposal
    private let figures: FigureRequests
    private let guesses = GuessBook()
    private let desk: (any AdminDesk)?
    private let replies: ReplyMailbox
    private let limits: ServerLimits
    private let makeRequestID: @Sendable () -> String

    init(
        state: ServedState,
        connections: ConnectionRegistry,
        events: EventHub,
        thread: RenderingThread = .none,
        desk: (any AdminDesk)? = nil,
        replies: ReplyMailbox = ReplyMailbox(),
        askForFigures: (@Sendable () -> Void)? = nil,
        limits: ServerLimits,
        makeRequestID: @escaping @Sendable () -> String
    ) {
        self.state = state
        self.connections = connections
        state.counters = { [unowned connections] in connections.counters }
        self.events = events
        self.thread = thread
        watchers = GRPCWatchers(eventLoop: connections.eventLoop)
        disposal = SnapshotDisposal(eventLoop: connections.eventLoop)
        figures = FigureRequests(state: state, eventLoop: connections.eventLoop, ask: askForFigures)
        self.desk = desk
        self.replies = replies
        self.limits = limits
        self.makeRequestID = makeRequestID
    }

    /// Answers from a snapshot from now on, unless it is older than the one before.
    func publish(_ snapshot: consuming HealthSnapshot) {
        disposal.free(state.publish(snapshot), replacedBy: state.snapshot)
        figures.look()
    }

    /// What the connections of the agent-check port at `address` share.
    func agentCheck(_ address: HostPort) -> AgentCheckDesk {
        let settings = ListenerSettings(address: .tcp(address))
        return AgentCheckDesk(
            ListenerAnswers(state: state, settings: settings, figures: figures, thread: thread),
            limit: limits.agentCheckConnections
        )
    }

    /// What the connections of one listener share.
    func listener(_ settings: ListenerSettings, usesPreparedBytes: Bool = true) -> ListenerContext {
        var detailed = settings
        if detailed.detail == .auto { detailed.detail = .on }
        let answers = ListenerAnswers(state: state, settings: settings, figures: figures, thread: thread)
        return ListenerContext(
            answers: answers,
            details: settings.showsDetail == detailed.showsDetail
                ? answers : ListenerAnswers(state: state, settings: detailed, figures: figures, thread: thread),
            anonymous: anonymous(settings),
            settings: settings,
            connections: connections,
            events: events,
            watchers: watchers,
            guesses: guesses,
            desk: desk,
            replies: replies,
            limits: limits,
            makeRequestID: makeRequestID,
            usesPreparedBytes: usesPreparedBytes
        )
    }

    /// What a browser is shown that was led to a listener by somebody else's name.
    private func anonymous(_ settings: ListenerSettings) -> ListenerAnswers? {
        guard case .tcp = settings.address, settings.detail == .auto, settings.showsDetail else { return nil }
        var hidden = settings
        hidden.detail = .off
        return ListenerAnswers(state: state, settings: hidden, figures: figures, thread: thread)
    }
}
