// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// One request on a connection of HTTP/2, from its fields to the end of its answer: the first handler of the stream.
///
/// What asks for gRPC goes to ``GRPCCall``; all else is turned into a request of HTTP/1 for ``RequestHandler``, so that both
/// versions give the same answers.
final class HTTP2Stream: ChannelDuplexHandler, RequestCarrier {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private enum Phase {
        /// The fields have not come.
        case opening
        /// The body is taken.
        case receiving
        /// The request has its handler.
        case answering
        /// The answer has no end of its own.
        case streaming
        /// The answer is written, as far as the client's window goes.
        case ending
    }

    private(set) var facts = RequestFacts()
    var peer: Peer {
        get { connection.peer }
        set { connection.peer = newValue }
    }

    private let connection: HTTP2Connection
    private var context: ChannelHandlerContext?
    private var phase = Phase.opening
    private var since: NIODeadline
    private var answerTimeout: Duration?
    private var inputEnded = false
    private var call: GRPCCall?

    init(of connection: HTTP2Connection) {
        self.connection = connection
        since = connection.listener.connections.now
    }

    private var listener: ListenerContext { connection.listener }

    // MARK: What the channel says

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connection.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.closed(self)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.closed(self)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .headers(let payload):
            inputEnded = inputEnded || payload.endStream
            if phase == .opening { begin(payload, in: context) }
        case .data(let payload):
            inputEnded = inputEnded || payload.endStream
        default: return
        }
        guard phase != .ending || inputEnded else { return }
        context.fireChannelRead(data)
    }

    // MARK: What the request's handler says

    func answered(_ outcome: ConnectionOutcome) {
        guard phase == .answering || phase == .receiving else { return }
        listener.connections.counters.answeredFully += 1
        end()
    }

    func receives() {
        guard phase == .answering else { return }
        enter(.receiving)
    }

    func answers(within timeout: Duration) {
        guard phase == .answering || phase == .receiving else { return }
        enter(.answering)
        answerTimeout = timeout
    }

    func streams(isUpgraded: Bool) {
        guard phase == .answering || phase == .receiving else { return }
        listener.connections.counters.answeredFully += 1
        enter(.streaming)
        context?.flush()
    }

    func endStream() {
        guard phase == .streaming else { return }
        end()
    }

    /// A call of gRPC has its trailers.
    func endCall() {
        if phase != .streaming { listener.connections.counters.answeredFully += 1 }
        end()
    }

    func refused(_ refusal: RequestRefusal) {
        listener.connections.counters.refusedRequests += 1
        reset(.protocolError)
    }

    // MARK: What the connection says

    /// The server stops: what has no end of its own ends now.
    func finish() {
        guard phase == .streaming || phase == .opening else { return }
        if let call { call.stop() } else { reset(.noError) }
    }

    func checkDeadlines() {
        let limits = listener.limits
        let now = listener.connections.now
        let limit: Duration
        switch phase {
        case .opening: limit = limits.headerTimeout
        case .receiving: limit = limits.bodyTimeout
        case .answering: limit = answerTimeout ?? limits.writeTimeout
        case .ending: limit = limits.writeTimeout
        case .streaming: return
        }
        guard now.hasPassed(limit, since: since) else { return }
        if phase == .ending { listener.connections.counters.writeTimeouts += 1 }
        reset(.cancel)
    }
}

// MARK: - From the fields to the end

extension HTTP2Stream {
    private func begin(_ payload: HTTP2Frame.FramePayload.Headers, in context: ChannelHandlerContext) {
        enter(.answering)
        facts.isHead = payload.headers.first(name: ":method") == "HEAD"
        facts.announcesBody = !payload.endStream
        guard payload.headers.count <= listener.limits.fields + 4 else { return reset(.enhanceYourCalm) }
        do {
            if GRPCCall.isCall(payload.headers) {
                let call = GRPCCall(payload.headers, on: listener, carrier: self)
                self.call = call
                enter(.receiving)
                try context.pipeline.syncOperations.addHandler(call)
            } else {
                try context.pipeline.syncOperations.addHandlers([
                    HTTP2FramePayloadToHTTP1ServerCodec(), RequestHandler(listener: listener, gate: self),
                ])
            }
        } catch {
            context.close(promise: nil)
        }
    }

    /// Flushes the answer, and tells a client that still sends that nobody listens any more (RFC 9113 section 8.1).
    private func end() {
        guard let context else { return }
        enter(.ending)
        context.flush()
        guard !inputEnded else { return }
        // A little later: while the connection is read the answer waits to be sent, and a reset would drop it.
        context.eventLoop.assumeIsolated().execute {
            guard let context = self.context, context.channel.isActive else { return }
            context.writeAndFlush(Self.wrapOutboundOut(.rstStream(.noError)), promise: nil)
        }
    }

    private func reset(_ code: HTTP2ErrorCode) {
        guard let context else { return }
        enter(.ending)
        context.writeAndFlush(Self.wrapOutboundOut(.rstStream(code)), promise: nil)
    }

    private func enter(_ next: Phase) {
        phase = next
        since = listener.connections.now
    }
}
