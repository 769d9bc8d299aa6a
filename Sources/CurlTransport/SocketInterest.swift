// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime

/// What libcurl waits for on one socket, kept apart from what the loop watches.
///
/// The loop watches every socket once, edge-triggered, for everything: that saves the `epoll_ctl` calls that libcurl's changing
/// wishes would cost. libcurl expects level-triggered readiness, though. This value says when an edge may have been missed, so
/// that the socket must be looked at by `poll`:
///
/// * after an event that left libcurl still waiting: it may not have read or written all it could;
/// * when libcurl begins to wait for writing on a watched socket: it was probably writable before, without a new edge;
/// * when it begins to wait for reading and a readable edge came while it did not.
struct SocketInterest: Hashable {
    /// What libcurl waits for: readable, writable, both, or nothing on a connection that is kept idle.
    private(set) var wanted: Readiness.Events = []
    /// Whether the loop watches the socket.
    private(set) var isWatched = false
    private var missedReadable = false

    /// What to do after libcurl changed its wish.
    enum Step: Hashable {
        /// Nothing: an edge will come.
        case wait
        /// Watch the socket for the first time, which reports what it is ready for already.
        case watch
        /// Look whether it is ready already.
        case look
    }

    /// Takes libcurl's new wish.
    mutating func want(_ events: Readiness.Events) -> Step {
        let added = events.subtracting(wanted)
        wanted = events
        guard isWatched else {
            guard !events.isEmpty else { return .wait }
            isWatched = true
            return .watch
        }
        return added.contains(.writable) || (added.contains(.readable) && missedReadable) ? .look : .wait
    }

    /// Takes an event of the loop and gives what of it libcurl should be told; empty = nothing.
    mutating func arrived(_ events: Readiness.Events) -> Readiness.Events {
        let broken = events.intersection([.error, .hangUp])
        if events.contains(.readable), !wanted.contains(.readable) { missedReadable = true }
        guard !wanted.isEmpty else { return [] }
        return events.intersection(wanted).union(broken)
    }

    /// Notes that a look found nothing to read.
    mutating func foundNothingToRead() {
        missedReadable = false
    }
}
