// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOCore

/// Tells subscribers of changes; confined to the event loop.
///
/// A subscriber is sent what it can take: where its connection has no room the hub goes on without it, and comes back when
/// there is room. What has left the ring by then is counted to it as missed. So a slow client costs its connection's buffer,
/// 64 KiB and one notice, and slows nobody.
final class EventHub {
    /// The most subscribers at one time.
    static let maximumSubscribers = 32
    /// After this long without anything else a sign of life is sent.
    static let heartbeatInterval = TimeAmount.seconds(15)
    /// How long draining waits for the change that says so.
    static let drainPatience = TimeAmount.seconds(1)

    private let eventLoop: any EventLoop
    private var ring: EventRing
    private var subscribers: [ObjectIdentifier: Subscriber] = [:]
    private var heartbeats: Scheduled<Void>?
    private(set) var isDraining = false

    private struct Subscriber {
        let sink: any EventSink
        /// The number of the last change it was sent.
        var cursor: UInt64
        /// The change after which it is ended; nil = none.
        let end: UInt64?
    }

    init(eventLoop: any EventLoop, capacity: Int = EventRing.defaultCapacity) {
        self.eventLoop = eventLoop
        ring = EventRing(capacity: capacity)
    }

    /// How many subscribers there are.
    var count: Int { subscribers.count }

    /// Refuses a subscriber that there is no room for, before anything was answered to it.
    func checkRoom() throws(ErrorAnswer) {
        guard !isDraining else {
            throw ErrorAnswer(.unavailable, "the agent is shutting down")
        }
        guard subscribers.count < Self.maximumSubscribers else {
            let wait = HTTPField(name: "Retry-After", value: "5")
            let message = "there are \(Self.maximumSubscribers) subscribers already"
            throw ErrorAnswer(.tooManyRequests, message, fields: [wait])
        }
    }

    /// Takes a subscriber in, and sends it at once what it asks for and is still there.
    ///
    /// - Parameters:
    ///   - sink: where its notices go.
    ///   - since: the last change it knows; nil begins with the next one. A number that was not given yet is one of an
    ///     earlier run: it is told that it missed something, and then everything that is there.
    ///   - follows: false ends it after what there is already.
    func subscribe(_ sink: any EventSink, since: UInt64?, follows: Bool = true) {
        var cursor = since ?? ring.last
        if cursor > ring.last {
            cursor = ring.beforeFirst
            sink.send(.missed(nil))
        }
        let id = ObjectIdentifier(sink)
        subscribers[id] = Subscriber(sink: sink, cursor: cursor, end: follows ? nil : ring.last)
        pump(id)
        if heartbeats == nil { scheduleHeartbeats() }
    }

    /// Forgets a subscriber whose connection has ended.
    func remove(_ sink: any EventSink) {
        subscribers[ObjectIdentifier(sink)] = nil
        guard subscribers.isEmpty else { return }
        heartbeats?.cancel()
        heartbeats = nil
    }

    /// Tells everybody of changes.
    func publish(_ changes: [HealthChange]) {
        for change in changes { ring.append(EventMessage(change)) }
        for id in Array(subscribers.keys) { pump(id) }
        if isDraining, ring.endsWithDraining { end() }
    }

    /// Sends a subscriber what it can take now; to be called when its connection has room again.
    func resume(_ sink: any EventSink) {
        pump(ObjectIdentifier(sink))
    }

    /// Ends every subscription with a last notice: as soon as the change to draining was told, or shortly after.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        guard !subscribers.isEmpty else { return }
        eventLoop.assumeIsolated().scheduleTask(in: Self.drainPatience) { self.end() }
    }

    private func end() {
        let ended = subscribers.values
        subscribers = [:]
        heartbeats?.cancel()
        heartbeats = nil
        for subscriber in ended {
            subscriber.sink.send(.draining)
            subscriber.sink.end()
        }
    }

    private func pump(_ id: ObjectIdentifier) {
        guard var subscriber = subscribers[id] else { return }
        let sink = subscriber.sink
        var hasSent = false
        while sink.isWritable, let event = ring.next(after: subscriber.cursor) {
            let missed = event.sequence - subscriber.cursor - 1
            if missed > 0 { sink.send(.missed(missed)) }
            sink.send(.event(event))
            subscriber.cursor = event.sequence
            hasSent = true
        }
        subscribers[id]?.cursor = subscriber.cursor
        if hasSent { sink.flush() }
        if let end = subscriber.end, subscriber.cursor >= end {
            remove(sink)
            sink.end()
        }
    }

    private func scheduleHeartbeats() {
        heartbeats = eventLoop.assumeIsolated().scheduleTask(in: Self.heartbeatInterval) {
            self.heartbeats = nil
            for subscriber in self.subscribers.values { subscriber.sink.beat() }
            if !self.subscribers.isEmpty { self.scheduleHeartbeats() }
        }
    }
}
