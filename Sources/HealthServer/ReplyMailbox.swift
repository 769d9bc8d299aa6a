// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Brings replies to the server's event loop, from whatever thread, for as long as the loop runs.
final class ReplyMailbox: Sendable {
    private let eventLoop = Mutex<(any EventLoop)?>(nil)

    /// Has `reply` run on the event loop; drops it when the server has ended.
    func put(_ reply: @escaping @Sendable () -> Void) {
        // Under the lock, so that no task is given to an event loop that ``disconnect()`` has released.
        eventLoop.withLock { $0?.execute(reply) }
    }

    /// From now on replies are brought to `eventLoop`.
    func connect(to eventLoop: any EventLoop) {
        self.eventLoop.withLock { $0 = eventLoop }
    }

    /// Nothing is brought any more; to be called before the event loop ends.
    func disconnect() {
        eventLoop.withLock { $0 = nil }
    }
}
