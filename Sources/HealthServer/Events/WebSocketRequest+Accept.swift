// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOWebSocket

extension WebSocketRequest {
    /// Writes the server's side of the opening handshake (RFC 6455 section 4.2.2).
    func accept(in context: ChannelHandlerContext, behind gate: RequestGate, requestID: String) throws {
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        )
        let response = upgrader.buildUpgradeResponse(
            channel: context.channel,
            upgradeRequest: head,
            initialResponseHeaders: HTTPHeaders()
        )
        // Everything in it is there at once, on this event loop, so the callback runs within this call.
        var fields: Result<HTTPHeaders, any Error>?
        response.assumeIsolated().whenComplete { fields = $0 }
        guard var headers = try fields?.get() else { throw ChannelError.operationUnsupported }
        headers.add(name: "X-Request-Id", value: requestID)
        let answer = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(NIOAny(HTTPServerResponsePart.head(answer)), promise: nil)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
    }

    /// Puts the frames' handlers between the gate and the parser of HTTP, which gets nothing any more.
    static func addHandlers(
        _ stream: WebSocketStream,
        behind gate: RequestGate,
        in context: ChannelHandlerContext
    ) throws {
        let decoder = WebSocketFrameDecoder(maxFrameSize: WebSocketStream.maximumFrameBytes)
        let handlers: [any ChannelHandler] = [WebSocketFrameEncoder(), ByteToMessageHandler(decoder), stream]
        try context.pipeline.syncOperations.addHandlers(handlers, position: .after(gate))
    }
}
