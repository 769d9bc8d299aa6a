// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// One connection to the agent-check port: takes an optional line, answers one, and ends.
///
/// HAProxy sends its `agent-send` text right behind the handshake, or nothing at all, and waits for the answer without a word
/// in either case. So a client that is silent for a moment is answered about the aggregate, and a text without a line end is
/// taken as it is by then.
final class AgentCheckHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a name is waited for; far below HAProxy's default interval of two seconds, far above a round trip.
    static let patience = TimeAmount.milliseconds(200)
    /// How long a connection may exist.
    static let deadline = TimeAmount.seconds(5)
    /// The longest line that is taken, without its end; a name has at most 100.
    static let mostBytes = 256

    private let desk: AgentCheckDesk
    private var received: [UInt8] = []
    private var hasAnswered = false
    private var isAdmitted = false
    private var timers: [Scheduled<Void>] = []

    init(_ desk: AgentCheckDesk) {
        self.desk = desk
    }

    func channelActive(context: ChannelHandlerContext) {
        guard desk.admit() else { return context.close(promise: nil) }
        isAdmitted = true
        let loop = context.eventLoop.assumeIsolated()
        timers = [
            loop.scheduleTask(in: Self.patience) { self.answer(context) },
            loop.scheduleTask(in: Self.deadline) { context.close(promise: nil) },
        ]
    }

    func channelInactive(context: ChannelHandlerContext) {
        for timer in timers { timer.cancel() }
        timers = []
        if isAdmitted { desk.remove() }
        isAdmitted = false
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isAdmitted, !hasAnswered else { return }
        received += Self.unwrapInboundIn(data).readableBytesView
        if received.contains(where: Self.endsLine) {
            answer(context)
        } else if received.count > Self.mostBytes {
            hasAnswered = true
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event as? ChannelEvent == .inputClosed else { return context.fireUserInboundEventTriggered(event) }
        if hasAnswered { context.close(promise: nil) } else { answer(context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Answers, then ends our side only.
    ///
    /// Were the rest of a long text unread, closing would reset the connection, and the answer might be lost. The client's
    /// end, or the deadline, does the rest.
    private func answer(_ context: ChannelHandlerContext) {
        guard isAdmitted, !hasAnswered else { return }
        hasAnswered = true
        let line = received.prefix { !Self.endsLine($0) }
        received = []
        let name = String(decoding: line, as: UTF8.self).trimmed
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(bytes: desk.line(about: name))), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == .lineFeed || byte == .carriageReturn }
}

extension String {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmed: String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        var rest = self[...]
        while let first = rest.first, isSpace(first) { rest.removeFirst() }
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}
