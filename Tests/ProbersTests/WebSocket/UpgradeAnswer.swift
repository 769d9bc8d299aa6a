// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Probers

/// Answers to upgrade requests, right and wrong.
enum UpgradeAnswer {
    /// The lines of an answer, ended as HTTP ends them.
    static func head(_ lines: [String]) -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// The fields that an upgrade has, each replaced by `changes`, or left out where that is empty; `more` follow.
    static func upgrade(
        accept: String,
        status: String = "HTTP/1.1 101 Switching Protocols",
        _ changes: [String: String] = [:],
        more: [String] = []
    ) -> [UInt8] {
        let fields = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
        let lines = fields.map { ($0, changes[$0] ?? $1) }.filter { !$1.isEmpty }.map { "\($0): \($1)" }
        return head([status] + lines + more)
    }

    /// The right value of `Sec-WebSocket-Accept` for the request that `bytes` are.
    static func accept(for bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") } ?? ""
        let key = line.dropFirst("Sec-WebSocket-Key: ".count)
        return Base64Text.encode(SHA1.digest(of: "\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
    }
}
