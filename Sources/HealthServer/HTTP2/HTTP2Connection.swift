// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOHTTP2

/// A connection that speaks HTTP/2 (RFC 9113): the first handler after TLS, where bytes come in and go out.
///
/// It holds the connection to the server's limits of time: its streams one by one, its idle times, and a client that does not
/// read. The frames, and floods of them, are NIOHTTP2's business, see ``HTTP2Limits``.
final class HTTP2Connection: ChannelDuplexHandler, ServedConnection, NIOHTTP2FrameDelegate {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    let listener: ListenerContext
    var peer: Peer
    private(set) var since: NIODeadline

    private var context: ChannelHandlerContext?
    private var streams: [ObjectIdentifier: HTTP2Stream] = [:]
    private var hasAnswered = false
    private var isEnding = false
    /// Whether the client has seen that the connection ends.
    private var hasSaidFarewell = false
    /// Speaks about the connection as a whole; set before anything is read.
    weak var farewell: HTTP2Farewell?
    /// When the client last sent anything, and whether it was asked for a sign of life since.
    private var lastRead: (at: NIODeadline, hasAsked: Bool)
    /// Whether the client broke the protocol, and was told.
    private var isBroken = false
    /// Whether what waits to be written is dropped at the end.
    private var isCut = false
    private var stall = WriteStall()

    init(listener: ListenerContext, peer: Peer) {
        self.listener = listener
        self.peer = peer
        since = listener.connections.now
        lastRead = (listener.connections.now, false)
    }

    // MARK: What the channel says

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        listener.connections.counters.http2Connections += 1
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        listener.connections.remove(self, from: peer.address)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        listener.connections.remove(self, from: peer.address)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Without its reading side a connection can serve nobody: HTTP/2 has no half-closed connections.
        guard event as? ChannelEvent == .inputClosed else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        lastRead = (listener.connections.now, false)
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isBroken { context.close(promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        stall.written += Self.unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    /// Closes once everything written is with the kernel, unless the connection was cut.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, !isCut, pendingBytes > 0 else { return context.close(mode: mode, promise: promise) }
        let (bound, mode) = (NIOLoopBound(context, eventLoop: context.eventLoop), mode)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in bound.value.close(mode: mode, promise: promise) }
        context.writeAndFlush(Self.wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
    }

    // MARK: What NIOHTTP2 says

    func wroteFrame(_ frame: HTTP2Frame) {
        guard case .goAway(_, let code, _) = frame.payload, code != .noError else { return }
        isBroken = true
        listener.connections.counters.http2Violations += 1
    }

    // MARK: What the streams say

    func opened(_ stream: HTTP2Stream) {
        streams[ObjectIdentifier(stream)] = stream
    }

    func closed(_ stream: HTTP2Stream) {
        guard streams.removeValue(forKey: ObjectIdentifier(stream)) != nil else { return }
        hasAnswered = true
        since = listener.connections.now
        if listener.answers.isDraining { endGracefully() }
        endIfPossible()
    }

    /// The client has seen GOAWAY, and will send no further request.
    func saidFarewell() {
        hasSaidFarewell = true
        endIfPossible()
    }

    // MARK: What the registry says

    var isIdle: Bool { streams.isEmpty && hasAnswered && pendingBytes == 0 }

    func drain() {
        if hasAnswered { endGracefully() }
    }

    func finish() {
        for stream in Array(streams.values) { stream.finish() }
        endGracefully()
        if streams.isEmpty { context?.channel.close(promise: nil) }
    }

    func closeNow() {
        isCut = true
        context?.channel.close(promise: nil)
    }

    func checkDeadlines() {
        let limits = listener.limits
        let now = listener.connections.now
        switch stall.look(pending: pendingBytes, now: now, limit: limits.writeTimeout) {
        case .isStuck:
            listener.connections.counters.writeTimeouts += 1
            return closeNow()
        case .waits, .isEmpty: break
        }
        for stream in Array(streams.values) { stream.checkDeadlines() }
        guard streams.isEmpty else { return askForSignOfLife() }
        if isEnding {
            if now.hasPassed(limits.lingerTimeout, since: since) { closeNow() }
        } else if !hasAnswered {
            guard now.hasPassed(limits.headerTimeout, since: since) else { return }
            listener.connections.counters.headerTimeouts += 1
            closeNow()
        } else if now.hasPassed(limits.idleTimeout, since: since) {
            listener.connections.counters.idleTimeouts += 1
            endGracefully()
        }
    }

    /// Tells the client to take its next requests elsewhere (GOAWAY), and ends with the last stream.
    private func endGracefully() {
        guard !isEnding else { return }
        isEnding = true
        if streams.isEmpty { since = listener.connections.now }
        farewell?.begin()
    }

    /// Closes when nothing is in work and nothing will come; a little later, because the last frames are still on their way.
    private func endIfPossible() {
        guard isEnding, hasSaidFarewell, streams.isEmpty, let context else { return }
        context.eventLoop.assumeIsolated().execute { self.context?.channel.close(promise: nil) }
    }

    /// A client that only watches has nothing to say; one that is gone without a word would be served for ever.
    private func askForSignOfLife() {
        let now = listener.connections.now
        if lastRead.hasAsked {
            if now.hasPassed(HTTP2Limits.silence + HTTP2Limits.patience, since: lastRead.at) { closeNow() }
        } else if now.hasPassed(HTTP2Limits.silence, since: lastRead.at) {
            lastRead.hasAsked = true
            farewell?.ping()
        }
    }

    private var pendingBytes: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
