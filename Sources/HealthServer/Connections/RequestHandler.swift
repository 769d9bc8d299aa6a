// SPDX-License-Identifier: Apache-2.0

import Exposition
import NIOCore
import NIOHTTP1

/// Answers what came through the full parser, one request at a time.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let listener: ListenerContext
    private let gate: any RequestCarrier
    /// The events that are the answer in work.
    private var stream: ServerSentStream?
    /// The call whose answer somebody else has.
    private var call: CallUnderWay?

    init(listener: ListenerContext, gate: any RequestCarrier) {
        self.listener = listener
        self.gate = gate
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let request): start(request, in: context)
        case .body(let part): call?.receive(part)
        case .end:
            guard let call else { return }
            gate.answers(within: call.call.deadline + .seconds(1))
            call.perform()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if let stream, context.channel.isWritable { listener.events.resume(stream) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        giveUp()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        giveUp()
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

    private func start(_ request: HTTPRequestHead, in context: ChannelHandlerContext) {
        let decision = listener.decision(
            on: request,
            facts: gate.facts,
            from: &gate.peer,
            who: { PeerName.of(context.channel) }
        )
        switch decision {
        case .reply(let reply): send(reply, to: request, in: context)
        case .document(let key, let answers, let requestID):
            answers.render(key) { rendered in
                self.send(
                    self.listener.reply(to: request, with: rendered, requestID: requestID),
                    to: request,
                    in: context
                )
            }
        case .stream(let since, let follows): stream(since: since, follows: follows, to: request, in: context)
        case .upgrade(let handshake, let since): upgrade(handshake, since: since, in: context)
        case .call(let call): start(call, in: context)
        }
    }

    private func start(_ call: ServiceCall, in context: ChannelHandlerContext) {
        self.call = CallUnderWay(call, of: listener, on: context.eventLoop) { [weak self] result in
            guard let self else { return }
            self.call = nil
            gate.answers(within: listener.limits.writeTimeout)
            send(listener.reply(to: call.head, with: result), to: call.head, in: context)
        }
        guard gate.facts.announcesBody else { return }
        gate.receives()
        if call.head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            context.write(
                Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
                promise: nil
            )
            context.flush()
        }
    }

    private func send(_ reply: Reply, to request: HTTPRequestHead, in context: ChannelHandlerContext) {
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
        if let requestID = reply.requestID {
            listener.note(request, code: head.status.code, requestID: requestID) { PeerName.of(context.channel) }
        }
        gate.answered(outcome)
    }

    private func stream(
        since: UInt64?,
        follows: Bool,
        to request: HTTPRequestHead,
        in context: ChannelHandlerContext
    ) {
        let fields = listener.streamFields(requestID: listener.requestID(of: request))
        // An HTTP/1.0 client knows no chunks: there the stream ends with the connection.
        let head = HTTPResponseHead(version: request.version, status: .ok, headers: fields)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        let stream = ServerSentStream(context: context, gate: gate)
        self.stream = stream
        gate.streams(isUpgraded: false)
        listener.events.subscribe(stream, since: since, follows: follows)
    }

    private func upgrade(_ handshake: WebSocketRequest, since: UInt64?, in context: ChannelHandlerContext) {
        // A stream of HTTP/2 cannot become something else, and its fields cannot ask for it.
        guard let gate = gate as? RequestGate else { return context.close(promise: nil) }
        do {
            try handshake.accept(in: context, behind: gate, requestID: listener.requestID(of: handshake.head))
            let stream = WebSocketStream(gate: gate, events: listener.events)
            try WebSocketRequest.addHandlers(stream, behind: gate, in: context)
            gate.streams(isUpgraded: true)
            listener.events.subscribe(stream, since: since)
        } catch {
            context.close(promise: nil)
        }
    }

    private func giveUp() {
        call?.drop()
        call = nil
        guard let stream else { return }
        self.stream = nil
        listener.events.remove(stream)
    }
}
