// SPDX-License-Identifier: Apache-2.0

/// A WebSocket that must open, hold a conversation, and close (RFC 6455).
package struct WebSocketProbe: Hashable, Sendable {
    /// Where the server is asked for an upgrade.
    package var url: WebSocketURL
    /// The subprotocol that the server must choose; nil offers none.
    package var subprotocol: String?
    /// Request fields in the order written; a `Host` field replaces the one made from the URL.
    package var headers: [HTTPField]
    /// Request fields whose values are secret; sent after the others.
    package var secretHeaders: [SecretField]
    /// What is said and expected once the connection is upgraded, in order.
    package var dialog: [Step]
    /// Whether a ping is sent after the dialog, which must be answered by its pong.
    package var ping: Bool
    /// Most bytes of one message of the server, its fragments together; a longer one fails as `ws_protocol`.
    package var maximumMessageBytes: Int
    /// Which of the host's addresses are contacted, and from where.
    package var address: AddressChoice
    /// How the server's certificate is checked, for `wss`.
    package var tls: TLSSettings

    package init(
        url: WebSocketURL,
        subprotocol: String? = nil,
        headers: [HTTPField] = [],
        secretHeaders: [SecretField] = [],
        dialog: [Step] = [],
        ping: Bool = false,
        maximumMessageBytes: Int = 64 * 1024,
        address: AddressChoice = AddressChoice(),
        tls: TLSSettings = TLSSettings()
    ) {
        self.url = url
        self.subprotocol = subprotocol
        self.headers = headers
        self.secretHeaders = secretHeaders
        self.dialog = dialog
        self.ping = ping
        self.maximumMessageBytes = maximumMessageBytes
        self.address = address
        self.tls = tls
    }

    /// One line of the dialog.
    package enum Step: Hashable, Sendable {
        /// Send a text message.
        case send(String)
        /// Send a binary message.
        case sendBinary([UInt8])
        /// Wait for a message in which the regular expression (PCRE2) matches somewhere; others are passed over.
        case expect(String)
        /// Wait for a binary message of exactly these bytes; others are passed over.
        case expectBinary([UInt8])
    }
}
