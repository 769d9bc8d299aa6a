// SPDX-License-Identifier: Apache-2.0

/// Delivers transitions: each exactly once, in order, outside every lock.
///
/// A breaker enqueues under its own lock, which fixes the order, and drains after it has unlocked. One thread delivers at a
/// time; what others enqueue meanwhile, also the observer itself, is delivered by that thread after what it is delivering.
/// So an observer may call the breaker, and a slow observer delays nobody but the thread it runs on.
final class CircuitBreakerEventHub: Sendable {
    /// The most transitions that wait for a slow observer; beyond it the oldest are lost, visible as a gap in the sequence.
    static let capacity = 4_096

    private let time: TimeSource
    private let wallClock: WallClock?
    private let observer: (any ResilienceObserver)?
    private let onTransition: (@Sendable (CircuitBreakerEvent) -> Void)?
    private let state = Locked(State())

    private struct Pending: Sendable {
        var name: String
        var sequence: UInt64
        var transition: CircuitBreakerTransition
    }

    private struct State: Sendable {
        var pending: [Pending] = []
        var isDelivering = false
        var sequence: UInt64 = 0
        var nextReader = 0
        var readers: [Int: AsyncStream<CircuitBreakerEvent>.Continuation] = [:]
    }

    init(
        time: TimeSource,
        wallClock: WallClock?,
        observer: (any ResilienceObserver)? = nil,
        onTransition: (@Sendable (CircuitBreakerEvent) -> Void)?
    ) {
        self.time = time
        self.wallClock = wallClock
        self.observer = observer
        self.onTransition = onTransition
    }

    deinit {
        for reader in state.withLock({ $0.readers.values.map { $0 } }) {
            reader.finish()
        }
    }

    /// Fixes the place of `transitions` in the order of events.
    ///
    /// Called under the lock of the breaker.
    func enqueue(_ transitions: [CircuitBreakerTransition], of name: String) {
        state.withLock { state in
            for transition in transitions {
                state.sequence += 1
                if state.pending.count == Self.capacity { state.pending.removeFirst() }
                state.pending.append(Pending(name: name, sequence: state.sequence, transition: transition))
            }
        }
    }

    /// Delivers what is pending, unless another thread is at it.
    ///
    /// Called outside every lock.
    func drain() {
        while let (batch, readers) = nextBatch() {
            let now = time.now()
            let wallTime = wallClock?.now()
            for pending in batch {
                let event = event(pending, now: now, wallTime: wallTime)
                observer?.circuitBreakerDidChange(event)
                onTransition?(event)
                for reader in readers { reader.yield(event) }
            }
            state.withLock { $0.isDelivering = false }
        }
    }

    /// A stream of the events from now on.
    func events(bufferingNewest limit: Int) -> CircuitBreakerEvents {
        precondition(limit >= 1, "a buffer of \(limit) events is not at least 1")
        let (stream, continuation) = AsyncStream.makeStream(
            of: CircuitBreakerEvent.self,
            bufferingPolicy: .bufferingNewest(limit)
        )
        let (reader, start) = state.withLock { state in
            state.nextReader += 1
            state.readers[state.nextReader] = continuation
            return (state.nextReader, state.pending.first.map { $0.sequence - 1 } ?? state.sequence)
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.readers.removeValue(forKey: reader) }
        }
        return CircuitBreakerEvents(stream: stream, start: start)
    }

    private func nextBatch() -> (batch: [Pending], readers: [AsyncStream<CircuitBreakerEvent>.Continuation])? {
        state.withLock { state in
            guard !state.isDelivering, !state.pending.isEmpty else { return nil }
            state.isDelivering = true
            defer { state.pending.removeAll() }
            return (state.pending, Array(state.readers.values))
        }
    }

    private func event(_ pending: Pending, now: Duration, wallTime: Duration?) -> CircuitBreakerEvent {
        let transition = pending.transition
        return CircuitBreakerEvent(
            name: pending.name,
            sequence: pending.sequence,
            from: transition.from,
            to: transition.to,
            reason: transition.reason,
            cause: transition.cause,
            generation: transition.generation,
            at: transition.at,
            wallTime: wallTime.map { $0 - (now - transition.at) }
        )
    }
}
