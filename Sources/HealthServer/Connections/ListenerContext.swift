// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What every connection of one listener shares; confined to the event loop.
final class ListenerContext {
    let answers: ListenerAnswers
    let settings: ListenerSettings
    let connections: ConnectionRegistry
    let events: EventHub
    let limits: ServerLimits
    /// Makes the id of a request that brought none.
    let makeRequestID: @Sendable () -> String
    /// False sends every request through the full parser, to compare the two.
    let usesPreparedBytes: Bool

    init(
        answers: ListenerAnswers,
        settings: ListenerSettings,
        connections: ConnectionRegistry,
        events: EventHub,
        limits: ServerLimits,
        makeRequestID: @escaping @Sendable () -> String,
        usesPreparedBytes: Bool = true
    ) {
        self.answers = answers
        self.settings = settings
        self.events = events
        self.connections = connections
        self.limits = limits
        self.makeRequestID = makeRequestID
        self.usesPreparedBytes = usesPreparedBytes
    }

    /// The connection's fate after an answer, as this request and the agent's state allow.
    func outcome(of facts: RequestFacts) -> ConnectionOutcome {
        guard facts.keepsAlive, !facts.announcesBody, !answers.isDraining, !connections.isStopping else {
            return .closes
        }
        return facts.isHTTP10 ? .keepsAlive : .persists
    }
}
