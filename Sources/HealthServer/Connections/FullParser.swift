// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// The full HTTP/1 parser behind the gate: made for the first request of a connection that needs it, since most
/// connections never do.
enum FullParser {
    /// Adds parser, encoder and request handler behind `gate`.
    static func install(behind gate: RequestGate, of listener: ListenerContext, in context: ChannelHandlerContext) {
        var limits = NIOHTTPDecoderLimitConfiguration()
        // The gate has checked them already; these are the second fence, which counts the request line too.
        limits.maxHeaderFieldSize = listener.limits.requestLineBytes + listener.limits.fieldBytes
        limits.maxHeaderListSize = listener.limits.requestLineBytes + listener.limits.fieldBytes
        limits.maxHeaderFieldCount = listener.limits.fields
        let handlers: [any ChannelHandler] = [
            HTTPResponseEncoder(),
            ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
            ),
            RequestHandler(listener: listener, gate: gate),
        ]
        do {
            try context.pipeline.syncOperations.addHandlers(handlers)
        } catch {
            context.close(promise: nil)
        }
    }
}
