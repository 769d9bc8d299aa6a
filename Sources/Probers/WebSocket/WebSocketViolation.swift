// SPDX-License-Identifier: Apache-2.0

/// Why the peer's bytes are no WebSocket, and how the connection is failed for it (RFC 6455, section 7.1.7).
package struct WebSocketViolation: Error, Hashable {
    /// The status of the Close frame with which we leave: 1002, 1007 or 1009.
    package let closeCode: UInt16
    /// What was seen, in lower case, without a full stop.
    package let message: String

    /// A frame that breaks the protocol: 1002.
    static func protocolError(_ message: String) -> WebSocketViolation {
        WebSocketViolation(closeCode: 1002, message: message)
    }

    /// Text that is not UTF-8: 1007.
    static func badText(_ message: String) -> WebSocketViolation {
        WebSocketViolation(closeCode: 1007, message: message)
    }

    /// A message longer than we take: 1009.
    static func tooBig(_ message: String) -> WebSocketViolation {
        WebSocketViolation(closeCode: 1009, message: message)
    }
}
