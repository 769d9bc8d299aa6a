// SPDX-License-Identifier: Apache-2.0

import Exposition
import NIOCore
import NIOWebSocket

/// A subscriber that reads events as text frames (RFC 6455).
///
/// The client has nothing to say: its pings are answered, its messages are read and dropped, and whatever breaks the protocol
/// ends the connection with the code of section 7.4.1.
final class WebSocketStream: ChannelInboundHandler, EventSink {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The longest frame that is taken.
    static let maximumFrameBytes = 4_096

    private let gate: RequestGate
    private let events: EventHub
    private var context: ChannelHandlerContext?
    private var hasEnded = false
    /// Pings that were sent since the client last gave a sign of life.
    private var unanswered = 0

    init(gate: RequestGate, events: EventHub) {
        self.gate = gate
        self.events = events
    }

    // MARK: What the channel says

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        events.remove(self)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        events.remove(self)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { events.resume(self) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        let frame = Self.unwrapInboundIn(data)
        unanswered = 0
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return end(.protocolError) }
        switch frame.opcode {
        case .ping: pong(frame)
        case .connectionClose: end(Self.answerCode(to: frame))
        case .pong, .text, .binary, .continuation: break
        default: end(.protocolError)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? NIOWebSocketError {
        case .invalidFrameLength: end(.messageTooLarge)
        case .some: end(.protocolError)
        case nil: context.close(promise: nil)
        }
    }

    // MARK: What the hub says

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func send(_ notice: EventNotice) { write(.text, notice.json) }

    func flush() { context?.flush() }

    func beat() {
        guard unanswered < 2 else { return gate.closeNow() }
        guard isWritable else { return }
        unanswered += 1
        write(.ping, [])
        flush()
    }

    func end() { end(.goingAway) }

    // MARK: Frames

    /// Answers a ping, unless the client does not read the answers.
    private func pong(_ frame: WebSocketFrame) {
        guard isWritable else { return }
        write(.pong, Array(buffer: frame.unmaskedData))
        flush()
    }

    private func end(_ code: WebSocketErrorCode) {
        guard let context, !hasEnded else { return }
        hasEnded = true
        events.remove(self)
        var body = context.channel.allocator.buffer(capacity: 2)
        body.write(webSocketErrorCode: code)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: body)
        context.write(Self.wrapOutboundOut(frame), promise: nil)
        gate.endStream()
    }

    private func write(_ opcode: WebSocketOpcode, _ bytes: [UInt8]) {
        guard let context, !hasEnded else { return }
        let frame = WebSocketFrame(fin: true, opcode: opcode, data: context.channel.allocator.buffer(bytes: bytes))
        context.write(Self.wrapOutboundOut(frame), promise: nil)
    }

    /// The client's own code where it may be sent back, as section 5.5.1 asks.
    private static func answerCode(to frame: WebSocketFrame) -> WebSocketErrorCode {
        var data = frame.unmaskedData
        guard data.readableBytes > 0 else { return .normalClosure }
        guard let code = data.readInteger(as: UInt16.self) else { return .protocolError }
        let isLegal = (1_000...1_003).contains(code) || (1_007...1_011).contains(code) || (3_000...4_999).contains(code)
        return isLegal ? WebSocketErrorCode(codeNumber: Int(code)) : .protocolError
    }
}
