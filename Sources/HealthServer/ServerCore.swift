// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// What all listeners of a server share; confined to the event loop.
final class ServerCore {
    let state: ServedState
    let connections: ConnectionRegistry
    let events: EventHub
    private let desk: (any AdminDesk)?
    private let replies: ReplyMailbox
    private let limits: ServerLimits
    private let makeRequestID: @Sendable () -> String

    init(
        state: ServedState,
        connections: ConnectionRegistry,
        events: EventHub,
        desk: (any AdminDesk)? = nil,
        replies: ReplyMailbox = ReplyMailbox(),
        limits: ServerLimits,
        makeRequestID: @escaping @Sendable () -> String
    ) {
        self.state = state
        self.connections = connections
        self.events = events
        self.desk = desk
        self.replies = replies
        self.limits = limits
        self.makeRequestID = makeRequestID
    }

    /// What the connections of one listener share.
    func listener(_ settings: ListenerSettings, usesPreparedBytes: Bool = true) -> ListenerContext {
        var detailed = settings
        if detailed.detail == .auto { detailed.detail = .on }
        let answers = ListenerAnswers(state: state, settings: settings)
        return ListenerContext(
            answers: answers,
            details: settings.showsDetail == detailed.showsDetail
                ? answers : ListenerAnswers(state: state, settings: detailed),
            settings: settings,
            connections: connections,
            events: events,
            desk: desk,
            replies: replies,
            limits: limits,
            makeRequestID: makeRequestID,
            usesPreparedBytes: usesPreparedBytes
        )
    }
}
