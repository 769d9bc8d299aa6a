// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The way back of a command's result: taken once, by whoever comes first.
///
/// One that is given up without an answer answers itself, so that nobody waits for what nobody does.
package final class AdminReply: Sendable {
    private let isOpen = Atomic(true)
    private let deliver: @Sendable (AdminResult) -> Void

    /// - Parameter deliver: takes the result, on whatever thread it is given; must return at once.
    package init(_ deliver: @escaping @Sendable (AdminResult) -> Void) {
        self.deliver = deliver
    }

    deinit {
        answer(.refused(.unavailable("it was given up: the target was removed, or the agent is stopping")))
    }

    /// Gives the result; a second one is dropped.
    package func answer(_ result: AdminResult) {
        if isOpen.exchange(false, ordering: .acquiringAndReleasing) { deliver(result) }
    }
}

/// Who does what is commanded.
package protocol AdminDesk: Sendable {
    /// Takes a command on its way; returns at once. The reply is answered later, from any thread, or before it returns.
    func take(_ command: AdminCommand, reply: AdminReply)

    /// Takes note of a call that was to change something, done or refused.
    func called(_ call: AdminCall)
}

/// A call that was to change something, for the log.
package struct AdminCall: Hashable, Sendable {
    /// Who: `uid 1000` over a unix socket, an address otherwise.
    package let who: String
    /// What: method and path.
    package let what: String
    /// The code of the answer.
    package let code: Int
    package let requestID: String

    package init(who: String, what: String, code: Int, requestID: String) {
        self.who = who
        self.what = what
        self.code = code
        self.requestID = requestID
    }
}
