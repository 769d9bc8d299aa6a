// SPDX-License-Identifier: Apache-2.0

import Exposition
import NIOCore
import NIOHTTP1

/// Answers what came through the full parser, one request at a time, from the head alone: no route takes a body.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let listener: ListenerContext
    private let gate: RequestGate

    init(listener: ListenerContext, gate: RequestGate) {
        self.listener = listener
        self.gate = gate
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = Self.unwrapInboundIn(data) else { return }
        let reply = listener.reply(to: request, announcesBody: gate.facts.announcesBody)
        // The parser takes no further request on a connection that asked to become something else.
        let mustClose = request.method == .CONNECT || request.headers.contains(name: "upgrade")
        let outcome = mustClose ? .closes : listener.outcome(of: gate.facts)
        let fields = reply.rendered.answer.responseFields(
            date: listener.answers.currentDate(),
            connection: outcome,
            requestID: reply.requestID,
            allows: reply.allows
        )
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: reply.rendered.answer.code),
            headers: fields
        )
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(reply.rendered.body))), promise: nil)
        }
        context.write(Self.wrapOutboundOut(.end(nil)), promise: nil)
        gate.answered(outcome)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? HTTPParserError {
        case .invalidMethod: gate.refused(RequestRefusal(.methodUnknown, "unknown method"))
        case .invalidVersion: gate.refused(RequestRefusal(.versionUnsupported, "unsupported HTTP version"))
        case .headerOverflow: gate.refused(RequestRefusal(.fieldsTooLarge, "fields too large"))
        case .some: gate.refused(RequestRefusal(.badRequest, "malformed request"))
        case nil: context.close(promise: nil)
        }
    }
}
