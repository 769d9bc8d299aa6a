// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The calls that watch a status; confined to the event loop.
///
/// They are looked at when something was published, and once a second, because a verdict also grows old by the clock alone. A
/// watcher that cannot take a message gets only the newest status once it can.
final class GRPCWatchers {
    /// The most watchers of the server.
    static let maximum = 256
    /// How often verdicts that grow old are looked for.
    private static let interval = TimeAmount.seconds(1)

    private let eventLoop: any EventLoop
    private var calls: [ObjectIdentifier: GRPCCall] = [:]
    private var tick: Scheduled<Void>?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// How many there are.
    var count: Int { calls.count }

    /// Takes a watcher in.
    ///
    /// - Throws: RESOURCE_EXHAUSTED when there are too many.
    func add(_ call: GRPCCall) throws(GRPCFailure) {
        guard calls.count < Self.maximum else {
            throw GRPCFailure(.resourceExhausted, "there are \(Self.maximum) watchers already")
        }
        calls[ObjectIdentifier(call)] = call
        if tick == nil { scheduleTick() }
    }

    /// Forgets a watcher that has ended.
    func remove(_ call: GRPCCall) {
        calls[ObjectIdentifier(call)] = nil
        guard calls.isEmpty else { return }
        tick?.cancel()
        tick = nil
    }

    /// Tells every watcher whose status has changed.
    func look() {
        for call in Array(calls.values) { call.tellChange() }
    }

    private func scheduleTick() {
        tick = eventLoop.assumeIsolated().scheduleTask(in: Self.interval) {
            self.tick = nil
            self.look()
            if !self.calls.isEmpty, self.tick == nil { self.scheduleTick() }
        }
    }
}
