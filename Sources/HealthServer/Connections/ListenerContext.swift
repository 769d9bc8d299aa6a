// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What every connection of one listener shares; confined to the event loop.
final class ListenerContext {
    let answers: ListenerAnswers
    /// The same for who has access to more than the status paths: with names and texts, unless nobody is shown any.
    let details: ListenerAnswers
    /// The same for who may have been led here by somebody else's name: without names and texts.
    ///
    /// nil where that makes no difference, because nobody is shown any, or everybody is meant to be.
    let anonymous: ListenerAnswers?
    let settings: ListenerSettings
    let rules: AccessRules
    let keys = ListenerKeys()
    let connections: ConnectionRegistry
    let events: EventHub
    let watchers: GRPCWatchers
    /// The wrong tokens that were shown, on whatever listener.
    let guesses: GuessBook
    /// Who does what is commanded; nil where nobody is behind the server.
    let desk: (any AdminDesk)?
    /// How what comes of it gets back here.
    let replies: ReplyMailbox
    let limits: ServerLimits
    /// Makes the id of a request that brought none.
    let makeRequestID: @Sendable () -> String
    /// False sends every request through the full parser, to compare the two.
    let usesPreparedBytes: Bool

    init(
        answers: ListenerAnswers,
        details: ListenerAnswers,
        anonymous: ListenerAnswers?,
        settings: ListenerSettings,
        connections: ConnectionRegistry,
        events: EventHub,
        watchers: GRPCWatchers,
        guesses: GuessBook,
        desk: (any AdminDesk)?,
        replies: ReplyMailbox,
        limits: ServerLimits,
        makeRequestID: @escaping @Sendable () -> String,
        usesPreparedBytes: Bool = true
    ) {
        self.answers = answers
        self.details = details
        self.anonymous = anonymous
        self.settings = settings
        rules = AccessRules(settings)
        self.events = events
        self.watchers = watchers
        self.guesses = guesses
        self.desk = desk
        self.replies = replies
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
