// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// How a request ends, and the connection.
extension RequestGate {
    func finishRequest(_ context: ChannelHandlerContext, _ outcome: ConnectionOutcome, clientEnds: Bool) {
        since = listener.connections.now
        hasAnswered = true
        if outcome != .closes {
            phase = .reading
        } else if clientEnds, buffer.readableBytes == 0 {
            endWhenWritten(context)
        } else {
            linger(context)
        }
    }

    func refuse(_ context: ChannelHandlerContext, _ refusal: RequestRefusal) {
        listener.connections.counters.refusedRequests += 1
        let bytes = listener.refusal(refusal, allocator: context.channel.allocator)
        stall.written += bytes.readableBytes
        context.write(Self.wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
        linger(context)
    }

    /// Ends our side after what is written, and drops what the client still sends until it ends too: closing with unread
    /// bytes would reset the connection, and the client might lose the answer (RFC 9112 section 9.6).
    func linger(_ context: ChannelHandlerContext) {
        guard !inputClosed else { return endWhenWritten(context) }
        drop()
        context.flush()
        context.close(mode: .output, promise: nil)
    }

    /// Closes as soon as everything written is with the kernel.
    func endWhenWritten(_ context: ChannelHandlerContext) {
        drop()
        let channel = context.channel
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
    }

    func drop() {
        phase = .ending
        since = listener.connections.now
        buffer = ByteBuffer()
    }

    /// Keeps no more memory for an unfinished head than it has bytes: the buffer it arrived in is far larger.
    func giveBackMemory(_ context: ChannelHandlerContext) {
        let bytes = buffer.readableBytes
        if bytes == 0 {
            buffer = ByteBuffer()
        } else if buffer.capacity > 2 * bytes + 64 {
            var smaller = context.channel.allocator.buffer(capacity: bytes)
            smaller.writeImmutableBuffer(buffer)
            buffer = smaller
        }
    }
}
