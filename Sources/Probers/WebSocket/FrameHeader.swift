// SPDX-License-Identifier: Apache-2.0

/// What stands before a frame's payload (RFC 6455, section 5.2).
package struct FrameHeader: Hashable, Sendable {
    /// The longest payload of a control frame, in bytes (section 5.5).
    package static let longestControlPayload = 125

    /// Whether the frame ends its message.
    package var isFinal: Bool
    package var opcode: WebSocketOpcode
    /// The payload's length in bytes, less than 2^63.
    package var length: Int

    package init(isFinal: Bool, opcode: WebSocketOpcode, length: Int) {
        self.isFinal = isFinal
        self.opcode = opcode
        self.length = length
    }
}
