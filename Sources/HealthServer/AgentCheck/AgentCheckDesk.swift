// SPDX-License-Identifier: Apache-2.0

/// What all connections to the agent-check port share; confined to the event loop.
final class AgentCheckDesk {
    private let limit: Int
    private let answers: ListenerAnswers
    private var connections = 0

    /// - Parameters:
    ///   - answers: what is answered.
    ///   - limit: most connections at once.
    init(_ answers: ListenerAnswers, limit: Int) {
        self.limit = limit
        self.answers = answers
    }

    /// Takes a connection in; false when there are too many.
    func admit() -> Bool {
        guard connections < limit else { return false }
        connections += 1
        return true
    }

    /// Forgets a connection that was taken in.
    func remove() {
        connections -= 1
    }

    /// The line about what a connection named; empty is the aggregate.
    func line(about name: String) -> [UInt8] {
        answers.agentCheckLine(about: name)
    }
}
