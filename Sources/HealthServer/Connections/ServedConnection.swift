// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// One connection as the registry sees it, whatever is spoken on it; confined to the event loop.
protocol ServedConnection: AnyObject {
    /// When its current state began.
    var since: NIODeadline { get }

    /// Whether nothing is lost when the connection is closed now.
    var isIdle: Bool { get }

    /// The agent drains: what is answered from now on says so, and the connection ends when it can.
    func drain()

    /// Ends the connection at once when nothing is in work; otherwise it ends with the current answer.
    func finish()

    /// Ends the connection now, whatever is in work.
    func closeNow()

    /// Ends the connection when what it waits for took too long.
    func checkDeadlines()
}
