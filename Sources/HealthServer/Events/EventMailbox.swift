// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import Synchronization

/// Where changes wait for the server's event loop, whoever brings them from whatever thread.
///
/// At most ``capacity`` wait; of more, the oldest are lost, which subscribers see as a gap in the numbers and are told of.
final class EventMailbox: Sendable {
    /// The most changes that wait.
    static let capacity = 1_024

    private struct State {
        var changes: [HealthChange] = []
        var isScheduled = false
        var receiver: Receiver?
    }

    private struct Receiver: Sendable {
        let eventLoop: any EventLoop
        let take: @Sendable ([HealthChange]) -> Void
    }

    private let state = Mutex(State())

    /// Leaves a change.
    func put(_ change: HealthChange) {
        state.withLock { state in
            if state.changes.count >= Self.capacity { state.changes.removeFirst(Self.capacity / 4) }
            state.changes.append(change)
            schedule(&state)
        }
    }

    /// From now on changes are handed over on `eventLoop`; what waits already is handed over first.
    func connect(to eventLoop: any EventLoop, take: @escaping @Sendable ([HealthChange]) -> Void) {
        state.withLock { state in
            state.receiver = Receiver(eventLoop: eventLoop, take: take)
            if !state.changes.isEmpty { schedule(&state) }
        }
    }

    /// Nothing is handed over any more; to be called before the event loop ends.
    func disconnect() {
        state.withLock { $0.receiver = nil }
    }

    /// Wakes the event loop once for all that comes until it looks; under the lock, as in ``SnapshotMailbox``.
    private func schedule(_ state: inout State) {
        guard let receiver = state.receiver, !state.isScheduled else { return }
        state.isScheduled = true
        receiver.eventLoop.execute { self.handOver(receiver) }
    }

    private func handOver(_ receiver: Receiver) {
        let changes = state.withLock { state in
            state.isScheduled = false
            return exchange(&state.changes, with: [])
        }
        if !changes.isEmpty { receiver.take(changes) }
    }
}
