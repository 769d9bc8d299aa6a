// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOCore

/// The first handler of every connection: cuts the bytes into requests, answers the plain ones from prepared bytes, and
/// hands the others, one at a time and untouched, to the full parser behind it.
///
/// One request is in work at a time, so answers keep the order of the requests whichever way each one goes. While an
/// answer waits to be read by the client, nothing more is read from it.
final class RequestGate: ChannelDuplexHandler, RemovableChannelHandler, ServedConnection {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// What the connection is doing.
    enum Phase {
        /// Between requests, or within a head.
        case reading
        /// The full parser has a request's head, and is given its body.
        case receiving
        /// The full parser has a request.
        case answering
        /// The answer has no end of its own: a stream of events.
        case streaming
        /// The last answer is on its way; what still comes is dropped.
        case ending
        /// The connection speaks HTTP/2, which has taken this handler's place.
        case replaced
    }

    /// The request the full parser has.
    var facts = RequestFacts()
    /// When the current state began: the connection, a head's first byte, the last answer, the end.
    var since: NIODeadline

    let listener: ListenerContext
    var peer: Peer
    var context: ChannelHandlerContext?
    var phase = Phase.reading
    var scanner: RequestScanner
    var repeated = RepeatedRequest()
    var buffer = ByteBuffer()
    var skippedEmptyLine = false
    var hasFullParser = false
    var isProcessing = false
    var wantsRead = false
    var inputClosed = false
    /// What the channel says about itself whenever it changes; asking it several times for each request would cost.
    var isWritable = true
    var hasAnswered = false
    /// Whether TLS has not yet let anything through.
    var isHandshaking: Bool
    /// How long the answer in work may take; nil = as long as a client may leave one unread.
    var answerTimeout: Duration?
    /// Whether what arrives during a stream is handed on, instead of dropped.
    var isUpgraded = false
    var stall = WriteStall()

    init(listener: ListenerContext, address: ClientAddress) {
        self.listener = listener
        peer = Peer(address: address)
        isHandshaking = listener.settings.tls != nil
        scanner = RequestScanner(limits: listener.limits)
        since = listener.connections.now
    }

    // MARK: What the channel says

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        since = listener.connections.now
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        listener.connections.remove(self, from: peer.address)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        isWritable = false
        listener.connections.remove(self, from: peer.address)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whatever the socket reports, the connection is of no more use; there is nobody to tell.
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event as? ChannelEvent == .inputClosed else { return context.fireUserInboundEventTriggered(event) }
        inputClosed = true
        switch phase {
        case .ending: endWhenWritten(context)
        // The rest of a body will not come, and who reads events does not stop to speak: the client is gone.
        case .receiving, .streaming: closeNow()
        case .replaced: context.fireUserInboundEventTriggered(event)
        case .reading, .answering: break
        }
        process(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .ending: return
        case .receiving, .replaced: return context.fireChannelRead(data)
        case .streaming:
            if isUpgraded { context.fireChannelRead(data) }
            return
        case .reading, .answering: break
        }
        var incoming = Self.unwrapInboundIn(data)
        if buffer.readableBytes == 0 {
            if answersAgain(incoming, context) { return }
            since = listener.connections.now
            buffer = incoming
        } else {
            buffer.writeBuffer(&incoming)
        }
        process(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        context.fireChannelWritabilityChanged()
        guard isWritable else { return }
        process(context)
    }

    func read(context: ChannelHandlerContext) {
        let mayRead =
            switch phase {
            case .ending, .receiving, .streaming, .replaced: true
            case .reading: isWritable
            case .answering: false
            }
        wantsRead = !mayRead
        if mayRead { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        stall.written += Self.unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    /// TLS has let the connection through.
    func secured(isCertified: Bool, speaksHTTP2: Bool) {
        isHandshaking = false
        peer.isCertified = isCertified
        if speaksHTTP2, let context { speakHTTP2(context) }
    }

    // MARK: What the full parser's side says

    /// Its answer is written.
    func answered(_ outcome: ConnectionOutcome) {
        guard let context, phase == .answering else { return }
        listener.connections.counters.answeredFully += 1
        finishRequest(context, outcome, clientEnds: !facts.keepsAlive && !facts.announcesBody)
        process(context)
    }

    /// It takes the body of the request too.
    func receives() {
        guard phase == .answering else { return }
        phase = .receiving
    }

    /// It has the whole request, and will answer within `timeout`.
    func answers(within timeout: Duration) {
        guard phase == .answering || phase == .receiving else { return }
        phase = .answering
        since = listener.connections.now
        answerTimeout = timeout
    }

    /// Its answer goes on until one side ends it; what the client sends meanwhile is for it when `isUpgraded`.
    func streams(isUpgraded: Bool) {
        guard phase == .answering else { return }
        listener.connections.counters.answeredFully += 1
        phase = .streaming
        hasAnswered = true
        self.isUpgraded = isUpgraded
    }

    /// Ends a stream after what was written.
    func endStream() {
        guard let context, phase == .streaming else { return }
        linger(context)
    }

    /// It cannot make sense of the request.
    func refused(_ refusal: RequestRefusal) {
        guard let context, phase == .answering || phase == .receiving else { return }
        refuse(context, refusal)
        context.flush()
    }

    // MARK: What the registry says

    /// Whether nothing is lost when the connection is closed now.
    var isIdle: Bool { phase == .reading && buffer.readableBytes == 0 && hasAnswered && pendingBytes == 0 }

    /// Memory held for bytes that wait for the rest of their request.
    var heldBytes: Int { buffer.capacity }

    /// Nothing to do: every answer of a draining agent ends its connection.
    func drain() {}

    /// Ends the connection at once when it waits for a further request; otherwise it ends with its answer.
    ///
    /// Who has just connected is about to ask, and would take the end for a refusal.
    func finish() {
        if phase == .streaming { return closeNow() }
        guard let context, phase == .reading, buffer.readableBytes == 0, hasAnswered else { return }
        endWhenWritten(context)
    }

    /// Ends the connection now, whatever is in work.
    func closeNow() {
        context?.close(promise: nil)
    }
}
