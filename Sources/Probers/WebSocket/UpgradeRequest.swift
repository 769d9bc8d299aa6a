// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The request that asks a server to speak WebSocket (RFC 6455, section 4.1).
package struct UpgradeRequest: Sendable {
    /// The value of `Sec-WebSocket-Key`.
    package let key: String
    /// The subprotocol that is offered.
    package let subprotocol: String?
    /// The request as it is sent.
    package let bytes: [UInt8]

    /// Writes the request of `probe`, with a key of 16 bytes from `random`; no extension is offered.
    ///
    /// - Parameters:
    ///   - probe: what is asked for.
    ///   - fields: request fields after those of the probe.
    ///   - random: makes the key.
    package init(
        _ probe: WebSocketProbe,
        adding fields: [HTTPField] = [],
        using random: inout some RandomNumberGenerator
    ) {
        let fields = probe.headers + fields
        key = Base64Text.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        subprotocol = probe.subprotocol
        var lines = ["GET \(probe.url.pathAndQuery) HTTP/1.1"]
        let given = Set(fields.map { $0.name.lowercased() })
        if !given.contains("host") { lines.append("Host: \(Self.host(of: probe.url))") }
        lines += [
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
        ]
        if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
        if !given.contains("user-agent") { lines.append("User-Agent: bellwether") }
        lines += fields.map { "\($0.name): \($0.value)" }
        bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// The value of `Sec-WebSocket-Accept` that a WebSocket server makes of the key (section 4.2.2, step 5.4).
    package var accept: String {
        Base64Text.encode(SHA1.digest(of: "\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
    }

    /// The port stands in the field only when it is not the scheme's own (RFC 9110, section 7.2).
    private static func host(of url: WebSocketURL) -> String {
        guard url.address.port == (url.isSecure ? 443 : 80) else { return url.address.description }
        return url.address.isBracketed ? "[\(url.address.host)]" : url.address.host
    }
}
