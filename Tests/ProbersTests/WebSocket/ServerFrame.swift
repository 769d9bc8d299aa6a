// SPDX-License-Identifier: Apache-2.0

/// Bytes of frames as a server sends them, or should not.
enum ServerFrame {
    /// A frame whose first byte is `first`, with the length written in the fewest bytes unless `lengthBytes` says otherwise.
    static func raw(_ first: UInt8, _ payload: [UInt8] = [], lengthBytes: Int? = nil, mask: [UInt8] = []) -> [UInt8] {
        let size = lengthBytes ?? (payload.count < 126 ? 0 : payload.count < 0x10000 ? 2 : 8)
        let marker = size == 0 ? UInt8(payload.count) : size == 2 ? 126 : 127
        let length = (0..<size).reversed().map { UInt8(truncatingIfNeeded: payload.count >> (8 * $0)) }
        let body = mask.isEmpty ? payload : payload.enumerated().map { $1 ^ mask[$0 & 3] }
        return [first, marker | (mask.isEmpty ? 0 : 0x80)] + length + mask + body
    }

    /// A frame that announces `length` bytes and has none.
    static func announcing(_ length: UInt64, first: UInt8 = 0x82) -> [UInt8] {
        [first, 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    }

    static func text(_ text: String, isFinal: Bool = true) -> [UInt8] {
        raw(isFinal ? 0x81 : 0x01, Array(text.utf8))
    }

    static func binary(_ bytes: [UInt8], isFinal: Bool = true) -> [UInt8] { raw(isFinal ? 0x82 : 0x02, bytes) }

    static func continuation(_ bytes: [UInt8], isFinal: Bool = true) -> [UInt8] { raw(isFinal ? 0x80 : 0x00, bytes) }

    static func ping(_ text: String) -> [UInt8] { raw(0x89, Array(text.utf8)) }

    static func pong(_ bytes: [UInt8]) -> [UInt8] { raw(0x8A, bytes) }

    static func close(_ code: UInt16?, _ reason: [UInt8] = []) -> [UInt8] {
        raw(0x88, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] + reason } ?? [])
    }
}

/// A client's frame, unmasked.
struct ClientFrame: Hashable, CustomStringConvertible {
    var first: UInt8
    var payload: [UInt8]

    var description: String { String(first, radix: 16) + " \"" + String(decoding: payload, as: UTF8.self) + "\"" }

    /// Takes `bytes` apart; nil when it is not a sequence of whole, masked, minimal frames.
    static func all(in bytes: [UInt8]) -> [ClientFrame]? {
        var frames: [ClientFrame] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let first = rest.popFirst(), let second = rest.popFirst(), second & 0x80 != 0 else { return nil }
            let size = second == 0xFE ? 2 : second == 0xFF ? 8 : 0
            let written = rest.prefix(size).reduce(0) { $0 << 8 | Int($1) }
            let length = size == 0 ? Int(second & 0x7F) : written
            guard size == 0 || length > (size == 2 ? 125 : 0xFFFF) else { return nil }
            rest = rest.dropFirst(size)
            let mask = Array(rest.prefix(4))
            rest = rest.dropFirst(4)
            guard rest.count >= length, mask.count == 4 else { return nil }
            frames.append(
                ClientFrame(first: first, payload: rest.prefix(length).enumerated().map { $1 ^ mask[$0 & 3] })
            )
            rest = rest.dropFirst(length)
        }
        return frames
    }
}
