// SPDX-License-Identifier: Apache-2.0

import Resilience

/// Continuations to resume after the lock is released.
struct Wake: Sendable {
    var sleepers: [(CheckedContinuation<Void, any Error>, isCancelled: Bool)] = []
    var watchers: [CheckedContinuation<Void, Never>] = []

    func perform() {
        for (continuation, isCancelled) in sleepers {
            if isCancelled {
                continuation.resume(throwing: CancellationError())
            } else {
                continuation.resume()
            }
        }
        for watcher in watchers { watcher.resume() }
    }
}

/// Who sleeps until when, and who waits for sleepers.
///
/// A cancellation may arrive before the sleeper it is meant for.
struct SleeperQueue: Sendable {
    private(set) var now = Duration.zero
    /// Sorted by deadline, then by ticket.
    private(set) var sleepers: [Sleeper] = []
    private var watchers: [Watcher] = []
    private var cancelledEarly: Set<UInt64> = []
    private var tickets: UInt64 = 0
    private var open: Set<UInt64> = []

    struct Sleeper: Sendable {
        var ticket: UInt64
        var deadline: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher: Sendable {
        var ticket: UInt64
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    mutating func makeTicket() -> UInt64 {
        tickets += 1
        open.insert(tickets)
        return tickets
    }

    mutating func enqueue(
        _ ticket: UInt64,
        until deadline: Duration,
        _ continuation: CheckedContinuation<Void, any Error>
    ) -> Wake {
        open.remove(ticket)
        if cancelledEarly.remove(ticket) != nil {
            return Wake(sleepers: [(continuation, isCancelled: true)])
        }
        guard deadline > now else {
            return Wake(sleepers: [(continuation, isCancelled: false)])
        }
        let place = sleepers.firstIndex { ($0.deadline, $0.ticket) > (deadline, ticket) } ?? sleepers.endIndex
        sleepers.insert(Sleeper(ticket: ticket, deadline: deadline, continuation: continuation), at: place)
        return Wake(watchers: takeSatisfiedWatchers())
    }

    mutating func watch(_ ticket: UInt64, count: Int, _ continuation: CheckedContinuation<Void, Never>) -> Wake {
        open.remove(ticket)
        if cancelledEarly.remove(ticket) != nil || sleepers.count >= count {
            return Wake(watchers: [continuation])
        }
        watchers.append(Watcher(ticket: ticket, count: count, continuation: continuation))
        return Wake()
    }

    mutating func cancel(_ ticket: UInt64) -> Wake {
        if let place = sleepers.firstIndex(where: { $0.ticket == ticket }) {
            return Wake(sleepers: [(sleepers.remove(at: place).continuation, isCancelled: true)])
        }
        if let place = watchers.firstIndex(where: { $0.ticket == ticket }) {
            return Wake(watchers: [watchers.remove(at: place).continuation])
        }
        if open.contains(ticket) { cancelledEarly.insert(ticket) }
        return Wake()
    }

    mutating func advance(to instant: Duration) -> Wake {
        now = max(now, instant)
        let due = sleepers.firstIndex { $0.deadline > now } ?? sleepers.endIndex
        defer { sleepers.removeSubrange(..<due) }
        return Wake(sleepers: sleepers[..<due].map { ($0.continuation, isCancelled: false) })
    }

    private mutating func takeSatisfiedWatchers() -> [CheckedContinuation<Void, Never>] {
        let satisfied = watchers.filter { $0.count <= sleepers.count }
        watchers.removeAll { $0.count <= sleepers.count }
        return satisfied.map(\.continuation)
    }
}
