// SPDX-License-Identifier: Apache-2.0

import Exposition

/// A subscriber's connection, as the hub sees it.
protocol EventSink: AnyObject {
    /// Whether there is room for another notice.
    var isWritable: Bool { get }

    /// Writes a notice, to be sent with the next ``flush()``.
    func send(_ notice: EventNotice)

    /// Sends what was written.
    func flush()

    /// Sends a sign of life, and ends the connection of a peer that gives none itself where the protocol asks for one.
    func beat()

    /// Ends the connection after what was written.
    func end()
}
