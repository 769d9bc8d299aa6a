// SPDX-License-Identifier: Apache-2.0

/// What a Close frame says (RFC 6455, sections 5.5.1 and 7.4).
package struct CloseFrame: Hashable, Sendable {
    /// The status; 1005 when the frame gave none.
    package let code: UInt16
    /// The peer's words, perhaps none.
    package let reason: String

    /// The code that stands for a frame without one (section 7.1.5); never sent.
    static let noCode: UInt16 = 1005
    /// The code that stands for a connection that ended without a Close frame (section 7.1.5); never sent.
    static let noFrame: UInt16 = 1006

    /// A close with a legal code.
    package init(code: UInt16, reason: String = "") {
        self.code = code
        self.reason = reason
    }

    /// Reads a Close frame's payload.
    package init(payload: [UInt8]) throws(WebSocketViolation) {
        guard !payload.isEmpty else {
            self.init(code: Self.noCode)
            return
        }
        guard payload.count >= 2 else { throw .protocolError("a close frame with half a code") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard Self.mayBeSent(code) else { throw .protocolError("close code \(code), which must not be sent") }
        var text = UTF8Validator()
        guard text.take(payload[2...]), text.isComplete else {
            throw .badText("the reason in a close frame is not UTF-8")
        }
        self.init(code: code, reason: String(decoding: payload[2...], as: UTF8.self))
    }

    /// The payload of this close.
    package var payload: [UInt8] {
        code == Self.noCode ? [] : [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8
    }

    /// Whether a peer may send `code`: those that RFC 6455 defines, those registered since (1012 to 1014), and those of
    /// libraries and applications.
    package static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
