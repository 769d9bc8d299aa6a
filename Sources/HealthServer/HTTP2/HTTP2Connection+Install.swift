// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOHTTP2

extension HTTP2Connection {
    /// The first bytes of a client that speaks HTTP/2 without having asked (RFC 9113 section 3.4), as far as they look like a
    /// request of HTTP/1.
    static let preface = Array("PRI * HTTP/2.0\r\n\r\n".utf8)

    /// Puts HTTP/2 in the place of `gate`, with the bytes that came already.
    static func install(
        inPlaceOf gate: RequestGate,
        of listener: ListenerContext,
        with bytes: ByteBuffer,
        in context: ChannelHandlerContext
    ) {
        let connection = HTTP2Connection(listener: listener, peer: gate.peer)
        let (channel, eventLoop) = (context.channel, context.eventLoop)
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        let handler = NIOHTTP2Handler(
            mode: .server,
            frameDelegate: connection,
            connectionConfiguration: HTTP2Limits.connection(listener.limits),
            streamConfiguration: HTTP2Limits.stream
        )
        let multiplexer = HTTP2StreamMultiplexer(mode: .server, channel: channel) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(HTTP2Stream(of: bound.value))
            }
        }
        let farewell = HTTP2Farewell(of: connection)
        connection.farewell = farewell
        listener.connections.replace(gate, by: connection)
        do {
            let handlers: [any ChannelHandler] = [connection, handler, farewell, multiplexer, HTTP2ErrorSink()]
            try context.pipeline.syncOperations.addHandlers(handlers, position: .after(gate))
        } catch {
            return context.close(promise: nil)
        }
        if bytes.readableBytes > 0 {
            context.fireChannelRead(NIOAny(bytes))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(gate, promise: nil)
    }
}

/// Where errors of a connection end: NIOHTTP2 has told the client and the stream, and ``HTTP2Connection`` closes what is broken.
private final class HTTP2ErrorSink: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A socket that failed says so by becoming inactive.
    }
}
