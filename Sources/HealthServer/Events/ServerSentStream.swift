// SPDX-License-Identifier: Apache-2.0

import Exposition
import NIOCore
import NIOHTTP1

/// A subscriber that reads server-sent events (WHATWG HTML section 9.2).
final class ServerSentStream: EventSink {
    private let context: ChannelHandlerContext
    private let gate: RequestGate
    private var hasEnded = false

    /// - Parameters:
    ///   - context: the request handler's; the head of the answer was written to it.
    ///   - gate: the connection's first handler.
    init(context: ChannelHandlerContext, gate: RequestGate) {
        self.context = context
        self.gate = gate
        write(EventNotice.opening)
        flush()
    }

    var isWritable: Bool { context.channel.isWritable }

    func send(_ notice: EventNotice) { write(notice.serverSent) }

    func flush() { context.flush() }

    func beat() {
        // Where bytes wait already they are a sign of life enough.
        guard isWritable else { return }
        write(EventNotice.heartbeat)
        flush()
    }

    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        context.write(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
        gate.endStream()
    }

    private func write(_ bytes: [UInt8]) {
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(buffer))), promise: nil)
    }
}
