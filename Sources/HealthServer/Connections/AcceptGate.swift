// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// Holds the listening socket back while every connection is busy, so that clients wait in the kernel's queue instead of
/// being accepted and dropped.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    private let connections: ConnectionRegistry
    private var context: ChannelHandlerContext?
    private var isPaused = false

    init(connections: ConnectionRegistry) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func read(context: ChannelHandlerContext) {
        if connections.makeRoom() {
            isPaused = false
            context.read()
        } else {
            if !isPaused { connections.counters.acceptPauses += 1 }
            isPaused = true
            connections.wait(self)
        }
    }

    /// Accepts again, if there is room.
    func resume() {
        guard let context else { return }
        read(context: context)
    }
}
