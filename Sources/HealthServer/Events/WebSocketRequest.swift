// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

/// An opening handshake that keeps to RFC 6455 section 4.2.1.
struct WebSocketRequest {
    let head: HTTPRequestHead

    /// Checks a request that carries `Upgrade`.
    ///
    /// - Throws: 400 for a handshake that is none, 426 with the version that is spoken for one of another version.
    init(_ request: HTTPRequestHead, isHTTP10: Bool) throws(ErrorAnswer) {
        let headers = request.headers
        func names(_ field: String, _ word: String) -> Bool {
            headers[canonicalForm: field].contains { $0.lowercased() == word }
        }
        guard !isHTTP10, names("upgrade", "websocket"), names("connection", "upgrade") else {
            throw ErrorAnswer(.badRequest, "only an upgrade to websocket, by HTTP/1.1, is understood here")
        }
        guard headers["sec-websocket-version"] == ["13"] else {
            let version = HTTPField(name: "Sec-WebSocket-Version", value: "13")
            throw ErrorAnswer(.upgradeRequired, "only version 13 of WebSocket is spoken here", fields: [version])
        }
        let keys = headers["sec-websocket-key"]
        guard keys.count == 1, Self.isKey(keys[0]) else {
            throw ErrorAnswer(.badRequest, "Sec-WebSocket-Key is not 16 bytes in base64")
        }
        head = request
    }

    /// Whether the text is base64 of exactly 16 bytes: 22 characters, the last with four bits unused, and two `=`.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes.suffix(2) == [UInt8](repeating: UInt8(ascii: "="), count: 2) else {
            return false
        }
        guard bytes.prefix(22).allSatisfy({ $0.isLetterOrDigit || "+/".utf8.contains($0) }) else { return false }
        return "AQgw".utf8.contains(bytes[21])
    }
}
