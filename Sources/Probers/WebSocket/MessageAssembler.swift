// SPDX-License-Identifier: Apache-2.0

/// Makes messages from frames: fragments joined, control frames between them told apart, text checked as it comes
/// (RFC 6455, sections 5.4 and 8.1).
///
/// Holds at most `maximumMessage` bytes and one control frame; a longer message is refused by what its header says.
struct MessageAssembler {
    /// The most fragments of one message, so that empty ones end too.
    static let mostFragments = 4_096

    private let maximumMessage: Int
    private var message: (opcode: WebSocketOpcode, bytes: [UInt8], fragments: Int)?
    private var text = UTF8Validator()
    private var control: [UInt8] = []

    init(maximumMessage: Int) {
        self.maximumMessage = maximumMessage
    }

    /// A frame begins.
    mutating func begin(_ header: FrameHeader) throws(WebSocketViolation) {
        guard !header.opcode.isControl else { return control.removeAll(keepingCapacity: true) }
        if header.opcode == .continuation {
            guard let fragments = message?.fragments else {
                throw .protocolError("a continuation without a message to continue")
            }
            guard fragments < Self.mostFragments else {
                throw .tooBig("a message in more than \(Self.mostFragments) fragments")
            }
            message?.fragments += 1
        } else {
            guard message == nil else { throw .protocolError("a new message before the last one has ended") }
            message = (header.opcode, [], 1)
            text = UTF8Validator()
        }
        guard header.length <= maximumMessage - (message?.bytes.count ?? 0) else {
            throw .tooBig("a message of more than \(maximumMessage) bytes")
        }
    }

    /// Takes bytes of the payload of the frame that `header` began.
    mutating func take(_ bytes: ArraySlice<UInt8>, of header: FrameHeader) throws(WebSocketViolation) {
        if header.opcode.isControl {
            control += bytes
        } else {
            if message?.opcode == .text, !text.take(bytes) { throw .badText("a text message is not UTF-8") }
            message?.bytes += bytes
        }
    }

    /// The frame that `header` began has ended.
    ///
    /// - Returns: what is complete now; nil after a fragment that is not the last.
    mutating func end(_ header: FrameHeader) throws(WebSocketViolation) -> WebSocketEvent? {
        switch header.opcode {
        case .ping: return .ping(control)
        case .pong: return .pong(control)
        case .close: return .close(try CloseFrame(payload: control))
        case .continuation, .text, .binary:
            guard header.isFinal, let (opcode, bytes, _) = message else { return nil }
            message = nil
            guard opcode == .text else { return .binary(bytes) }
            guard text.isComplete else { throw .badText("a text message ends within a character") }
            return .text(bytes)
        }
    }
}

/// What the peer has said.
package enum WebSocketEvent: Hashable, Sendable {
    /// A whole text message, valid UTF-8.
    case text([UInt8])
    /// A whole binary message.
    case binary([UInt8])
    /// At most 125 bytes, to be answered with a pong of the same.
    case ping([UInt8])
    /// At most 125 bytes.
    case pong([UInt8])
    case close(CloseFrame)
}
