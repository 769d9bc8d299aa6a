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

    private enum Phase {
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
    private(set) var facts = RequestFacts()
    /// When the current state began: the connection, a head's first byte, the last answer, the end.
    private(set) var since: NIODeadline

    private let listener: ListenerContext
    var peer: Peer
    private var context: ChannelHandlerContext?
    private var phase = Phase.reading
    private var scanner: RequestScanner
    private var repeated = RepeatedRequest()
    private var buffer = ByteBuffer()
    private var skippedEmptyLine = false
    private var hasFullParser = false
    private var isProcessing = false
    private var wantsRead = false
    private var inputClosed = false
    /// What the channel says about itself whenever it changes; asking it several times for each request would cost.
    private var isWritable = true
    private var hasAnswered = false
    /// Whether TLS has not yet let anything through.
    private var isHandshaking: Bool
    /// How long the answer in work may take; nil = as long as a client may leave one unread.
    private var answerTimeout: Duration?
    /// Whether what arrives during a stream is handed on, instead of dropped.
    private var isUpgraded = false
    private var stall = WriteStall()

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

    /// Ends the connection when what it waits for took too long.
    func checkDeadlines() {
        guard let context, !isStuckWriting() else { return }
        let limits = listener.limits
        switch phase {
        case .ending:
            if hasPassed(limits.lingerTimeout) { closeNow() }
        case .answering:
            if hasPassed(answerTimeout ?? limits.writeTimeout) { closeNow() }
        case .receiving:
            guard hasPassed(limits.bodyTimeout) else { return }
            let limit = limits.bodyTimeout.readable
            refuse(context, RequestRefusal(.requestTimeout, "the request's body did not end within \(limit)"))
            context.flush()
        case .streaming, .replaced: break
        case .reading where buffer.readableBytes > 0:
            guard hasPassed(limits.headerTimeout) else { return }
            listener.connections.counters.headerTimeouts += 1
            let limit = limits.headerTimeout.readable
            refuse(context, RequestRefusal(.requestTimeout, "the request's fields did not end within \(limit)"))
            context.flush()
        case .reading where hasAnswered:
            guard hasPassed(limits.idleTimeout) else { return }
            listener.connections.counters.idleTimeouts += 1
            closeNow()
        case .reading:
            guard hasPassed(limits.headerTimeout) else { return }
            if isHandshaking {
                listener.connections.counters.handshakeTimeouts += 1
            } else {
                listener.connections.counters.headerTimeouts += 1
            }
            closeNow()
        }
    }
}

// MARK: - One request after the other

extension RequestGate {
    private func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        while phase == .reading, buffer.readableBytes > 0, isWritable {
            do throws(RequestRefusal) {
                guard try takeRequest(context) else { break }
            } catch {
                if error.kind == .versionUnsupported, beginsHTTP2 { return speakHTTP2(context) }
                refuse(context, error)
            }
            if !isWritable { context.flush() }
        }
        isProcessing = false
        context.flush()
        giveBackMemory(context)
        if inputClosed, phase == .reading, isWritable { endWhenWritten(context) }
        if wantsRead { read(context: context) }
    }

    /// Answers the request before when it has come again, whole and alone, and nothing else is to be done; false otherwise.
    private func answersAgain(_ incoming: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        guard phase == .reading, isWritable, !isProcessing, !inputClosed, !wantsRead, !skippedEmptyLine,
            repeated.isAll(of: incoming)
        else { return false }
        let facts = repeated.facts
        let outcome = listener.outcome(of: facts)
        guard outcome != .closes, let answer = preparedAnswer(for: facts, outcome) else { return false }
        listener.connections.counters.answeredFast += 1
        stall.written += answer.count
        since = listener.connections.now
        context.writeAndFlush(answer.data, promise: nil)
        return true
    }

    /// Answers or hands on one request; false when its head is not complete.
    private func takeRequest(_ context: ChannelHandlerContext) throws(RequestRefusal) -> Bool {
        guard skipEmptyLine() else { return false }
        let received = buffer
        let unread = received.readableBytesUInt8Span
        guard case .complete(let length) = try scanner.advance(unread) else { return false }
        let facts = try RequestFacts(unread, length: length)
        scanner = RequestScanner(limits: listener.limits)
        skippedEmptyLine = false
        let outcome = listener.outcome(of: facts)
        if let answer = preparedAnswer(for: facts, outcome) {
            // Who asks once and goes is not worth it.
            if hasAnswered, length == received.readableBytes { repeated.remember(received, facts) }
            buffer.moveReaderIndex(forwardBy: length)
            listener.connections.counters.answeredFast += 1
            stall.written += answer.count
            context.write(answer.data, promise: nil)
            finishRequest(context, outcome, clientEnds: !facts.keepsAlive)
        } else if let head = buffer.readSlice(length: length) {
            phase = .answering
            since = listener.connections.now
            self.facts = facts
            if !hasFullParser {
                hasFullParser = true
                FullParser.install(behind: self, of: listener, in: context)
            }
            answerTimeout = nil
            context.fireChannelRead(Self.wrapInboundOut(head))
            handOnRest(context)
        }
        return true
    }

    /// The answer that is ready; nil sends the request to the full parser.
    private func preparedAnswer(for facts: RequestFacts, _ outcome: ConnectionOutcome) -> PreparedAnswer? {
        guard listener.usesPreparedBytes, let path = facts.prepared else { return nil }
        let answers = facts.isHostOurs ? listener.answers : listener.anonymous ?? listener.answers
        return answers.prepared(for: path, isHead: facts.isHead, connection: outcome)
    }

    /// Whether the bytes are the first ones of a client that knows that HTTP/2 is spoken here, on a connection in plain text.
    private var beginsHTTP2: Bool {
        listener.settings.speaksHTTP2 && listener.settings.tls == nil && !hasAnswered && !skippedEmptyLine
            && buffer.readableBytesView.starts(with: HTTP2Connection.preface)
    }

    private func speakHTTP2(_ context: ChannelHandlerContext) {
        phase = .replaced
        HTTP2Connection.install(
            inPlaceOf: self,
            of: listener,
            with: exchange(&buffer, with: ByteBuffer()),
            in: context
        )
    }

    /// Hands on what has arrived already behind a head whose body, or whose other protocol, is taken.
    private func handOnRest(_ context: ChannelHandlerContext) {
        guard phase == .receiving || phase == .streaming else { return }
        let rest = exchange(&buffer, with: ByteBuffer())
        if rest.readableBytes > 0, phase == .receiving || isUpgraded {
            context.fireChannelRead(Self.wrapInboundOut(rest))
        }
    }

    /// Skips one empty line before a request, as RFC 9112 section 2.2 asks; the scan refuses a second one.
    ///
    /// False when nothing is left to look at, or only a CR that may be the first half of such a line.
    private func skipEmptyLine() -> Bool {
        guard scanner.isAtStart, !skippedEmptyLine, buffer.getInteger(at: buffer.readerIndex) == UInt8.carriageReturn
        else { return buffer.readableBytes > 0 }
        guard buffer.readableBytes >= 2 else { return false }
        guard buffer.getInteger(at: buffer.readerIndex + 1) == UInt8.lineFeed else { return true }
        buffer.moveReaderIndex(forwardBy: 2)
        skippedEmptyLine = true
        return buffer.readableBytes > 0
    }

    private func finishRequest(_ context: ChannelHandlerContext, _ outcome: ConnectionOutcome, clientEnds: Bool) {
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

    private func refuse(_ context: ChannelHandlerContext, _ refusal: RequestRefusal) {
        listener.connections.counters.refusedRequests += 1
        let bytes = listener.refusal(refusal, allocator: context.channel.allocator)
        stall.written += bytes.readableBytes
        context.write(Self.wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
        linger(context)
    }

    /// Ends our side after what is written, and drops what the client still sends until it ends too: closing with unread
    /// bytes would reset the connection, and the client might lose the answer (RFC 9112 section 9.6).
    private func linger(_ context: ChannelHandlerContext) {
        guard !inputClosed else { return endWhenWritten(context) }
        drop()
        context.flush()
        context.close(mode: .output, promise: nil)
    }

    /// Closes as soon as everything written is with the kernel.
    private func endWhenWritten(_ context: ChannelHandlerContext) {
        drop()
        let channel = context.channel
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
    }

    private func drop() {
        phase = .ending
        since = listener.connections.now
        buffer = ByteBuffer()
    }

    /// Keeps no more memory for an unfinished head than it has bytes: the buffer it arrived in is far larger.
    private func giveBackMemory(_ context: ChannelHandlerContext) {
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

// MARK: - Time

extension RequestGate {
    private var pendingBytes: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func hasPassed(_ limit: Duration) -> Bool {
        listener.connections.now.hasPassed(limit, since: since)
    }

    /// Looks whether the client reads its answers; true while some wait, whether or not that has now ended.
    private func isStuckWriting() -> Bool {
        let limit = listener.limits.writeTimeout
        switch stall.look(pending: pendingBytes, now: listener.connections.now, limit: limit) {
        case .isEmpty: return false
        case .waits: return true
        case .isStuck:
            listener.connections.counters.writeTimeouts += 1
            closeNow()
            return true
        }
    }
}
