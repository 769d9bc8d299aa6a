// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// What all listeners of a server share; confined to the event loop.
final class ServerCore {
    let state: ServedState
    let connections: ConnectionRegistry
    private let limits: ServerLimits
    private let makeRequestID: @Sendable () -> String

    init(
        state: ServedState,
        connections: ConnectionRegistry,
        limits: ServerLimits,
        makeRequestID: @escaping @Sendable () -> String
    ) {
        self.state = state
        self.connections = connections
        self.limits = limits
        self.makeRequestID = makeRequestID
    }

    /// What the connections of one listener share.
    func listener(_ settings: ListenerSettings, usesPreparedBytes: Bool = true) -> ListenerContext {
        ListenerContext(
            answers: ListenerAnswers(state: state, settings: settings),
            connections: connections,
            limits: limits,
            makeRequestID: makeRequestID,
            usesPreparedBytes: usesPreparedBytes
        )
    }
}
