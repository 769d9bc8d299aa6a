// SPDX-License-Identifier: Apache-2.0

/// What a frame carries (RFC 6455, section 11.8).
package enum WebSocketOpcode: UInt8, CaseIterable, Hashable, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Close, ping and pong; they may stand between the fragments of a message.
    package var isControl: Bool { rawValue & 0x8 != 0 }
}
