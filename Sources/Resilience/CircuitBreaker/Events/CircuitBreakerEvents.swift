// SPDX-License-Identifier: Apache-2.0

/// The transitions of a breaker, or of all breakers of a manager, from the moment of subscription.
///
/// A reader that falls behind loses the oldest events and is told how many: it never slows a breaker. The stream ends when its
/// breaker or manager is gone. Every call of `events(bufferingNewest:)` gives a stream of its own, for one reader.
public struct CircuitBreakerEvents: AsyncSequence, Sendable {
    /// One event, and what was lost before it.
    public struct Element: Sendable, Hashable {
        /// The event.
        public let event: CircuitBreakerEvent
        /// How many events were lost between the previous element and this one.
        public let missed: UInt64
    }

    /// Cannot fail.
    public typealias Failure = Never

    let stream: AsyncStream<CircuitBreakerEvent>
    /// The sequence number of the last event before the subscription.
    let start: UInt64

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator {
        Iterator(base: stream.makeAsyncIterator(), last: start)
    }

    /// Reads one event after another.
    public struct Iterator: AsyncIteratorProtocol {
        var base: AsyncStream<CircuitBreakerEvent>.Iterator
        var last: UInt64

        /// Waits for the next event; nil when the breaker is gone or the task is cancelled.
        public mutating func next() async -> Element? {
            await next(isolation: #isolation)
        }

        /// Waits for the next event on the given actor; nil when the breaker is gone or the task is cancelled.
        ///
        /// - Parameter actor: the actor that the caller runs on.
        /// - Returns: the next event.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            guard let event = await base.next(isolation: actor) else { return nil }
            defer { last = event.sequence }
            return Element(event: event, missed: event.sequence - last - 1)
        }
    }
}
