// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import Synchronization

/// Where snapshots wait for the server's event loop: the newest one only, whoever brings it from whatever thread.
///
/// The lock is held for a swap of references; the event loop takes it once for each hand-over, never for a request.
final class SnapshotMailbox: Sendable {
    private struct State {
        var snapshot: HealthSnapshot?
        var isDraining = false
        var isScheduled = false
        var receiver: Receiver?
    }

    /// Who takes the mail, and on which event loop.
    private struct Receiver: Sendable {
        let eventLoop: any EventLoop
        let take: @Sendable (HealthSnapshot?, _ isDraining: Bool) -> Void
    }

    private let state = Mutex(State())

    /// Leaves a snapshot; an older one that waits is dropped.
    func put(_ snapshot: HealthSnapshot) {
        // Freed after the lock is given back: a snapshot may be large.
        let replaced = state.withLock { state -> HealthSnapshot? in
            if let waiting = state.snapshot, waiting.sequence > snapshot.sequence { return snapshot }
            let replaced = state.snapshot
            state.snapshot = snapshot
            schedule(&state)
            return replaced
        }
        _ = consume replaced
    }

    /// Says that the agent drains.
    func drain() {
        state.withLock { state in
            state.isDraining = true
            schedule(&state)
        }
    }

    /// From now on mail is handed over on `eventLoop`; what waits already is handed over first.
    func connect(
        to eventLoop: any EventLoop,
        take: @escaping @Sendable (HealthSnapshot?, _ isDraining: Bool) -> Void
    ) {
        state.withLock { state in
            state.receiver = Receiver(eventLoop: eventLoop, take: take)
            if state.snapshot != nil || state.isDraining { schedule(&state) }
        }
    }

    /// Nothing is handed over any more; to be called before the event loop ends.
    func disconnect() {
        state.withLock { $0.receiver = nil }
    }

    /// Wakes the event loop once for all that comes until it looks.
    ///
    /// Under the lock, so that no task is given to an event loop that ``disconnect()`` has released; it only appends to
    /// the loop's queue.
    private func schedule(_ state: inout State) {
        guard let receiver = state.receiver, !state.isScheduled else { return }
        state.isScheduled = true
        receiver.eventLoop.execute { self.handOver(receiver) }
    }

    private func handOver(_ receiver: Receiver) {
        let (snapshot, isDraining) = state.withLock { state in
            state.isScheduled = false
            let snapshot = state.snapshot
            state.snapshot = nil
            return (snapshot, state.isDraining)
        }
        receiver.take(snapshot, isDraining)
    }
}
