// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP2

/// Ends a connection so that no request is lost (RFC 9113 section 6.8), and asks a silent client for a sign of life.
///
/// A first GOAWAY names no stream, and a PING follows it: what the client sent before it saw them is still served. When the
/// PING comes back a second GOAWAY names the last stream, and the connection ends with it.
///
/// NIOHTTP2 has a handler for this, too; it asserts that every stream which ends had begun, which a stream that is refused for
/// its fields has not.
final class HTTP2Farewell: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private static let farewell = HTTP2PingData(withInteger: 0x6265_6C6C_6279_6500)
    private static let signOfLife = HTTP2PingData(withInteger: 0x6265_6C6C_6861_6C6F)

    private let connection: HTTP2Connection
    private var context: ChannelHandlerContext?
    private var lastStream = HTTP2StreamID.rootStream

    init(of connection: HTTP2Connection) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let created = event as? NIOHTTP2StreamCreatedEvent { lastStream = max(lastStream, created.streamID) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ping(Self.farewell, ack: true) = Self.unwrapInboundIn(data).payload {
            send(.goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil))
            connection.saidFarewell()
        }
        context.fireChannelRead(data)
    }

    /// Tells the client that its next requests belong elsewhere.
    func begin() {
        send(.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
        send(.ping(Self.farewell, ack: false))
    }

    /// Asks the client for a sign of life.
    func ping() {
        send(.ping(Self.signOfLife, ack: false))
    }

    private func send(_ payload: HTTP2Frame.FramePayload) {
        context?.writeAndFlush(Self.wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: payload)), promise: nil)
    }
}
