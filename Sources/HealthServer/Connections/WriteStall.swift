// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Notices a client that leaves its answers unread.
struct WriteStall {
    /// What a look found.
    enum Finding {
        /// Nothing waits.
        case isEmpty
        /// Bytes wait, and the client still has time.
        case waits
        /// The client took too little for too long.
        case isStuck
    }

    /// Within the limit it must take all that waits, or at least this much.
    private static let leastBytes = 65_536

    /// Bytes written so far.
    var written = 0
    /// Since when the client leaves bytes unread, and how many it had taken then.
    private var stalled: (since: NIODeadline, taken: Int)?

    /// Looks whether the client reads.
    ///
    /// - Parameters:
    ///   - pending: bytes that the kernel has not taken.
    ///   - now: the time of this look.
    ///   - limit: how long bytes may wait.
    /// - Returns: whether it does.
    mutating func look(pending: Int, now: NIODeadline, limit: Duration) -> Finding {
        guard pending > 0 else {
            stalled = nil
            return .isEmpty
        }
        if let stalled, !now.hasPassed(limit, since: stalled.since) { return .waits }
        let taken = written - pending
        if let stalled, taken - stalled.taken < Self.leastBytes { return .isStuck }
        stalled = (now, taken)
        return .waits
    }
}

extension NIODeadline {
    /// Whether `limit` has passed since `start`.
    func hasPassed(_ limit: Duration, since start: NIODeadline) -> Bool {
        self - start >= .nanoseconds(limit.nanosecondsForTimers)
    }
}
