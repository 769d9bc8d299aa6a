// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Frames of HTTP/2 written and read by hand (RFC 9113), over a raw connection.
final class HTTP2Client {
    let raw: RawClient
    /// What has come and was not asked for yet.
    private var unread: [UInt8] = []

    /// A frame as it was received.
    struct Frame: Equatable {
        let type: UInt8
        let flags: UInt8
        let stream: UInt32
        let payload: [UInt8]
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// Connects, and sends the preface with empty settings.
    init(_ address: ListenAddress) throws {
        raw = try RawClient(address)
        raw.send(Self.preface + Self.frame(4))
    }

    /// A frame's bytes.
    static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        var bytes = bigEndian(UInt32(payload.count)).dropFirst()
        bytes += [type, flags]
        bytes += bigEndian(stream)
        bytes += payload
        return Array(bytes)
    }

    /// Fields as literals without indexing (RFC 7541 section 6.2.2).
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        var block: [UInt8] = []
        for (name, value) in fields {
            block += [0, UInt8(name.utf8.count)]
            block += Array(name.utf8)
            block += [UInt8(value.utf8.count)]
            block += Array(value.utf8)
        }
        return block
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// The frame of a request without body, which ends its stream.
    static func get(_ path: String, stream: UInt32, fields: [(String, String)] = [], ends: Bool = true) -> [UInt8] {
        var all = [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "a")]
        all += fields
        return frame(1, flags: ends ? 5 : 4, stream: stream, block(all))
    }

    /// The frames of one call of gRPC with its message.
    static func call(_ method: String, _ message: [UInt8], stream: UInt32, fields: [(String, String)] = []) -> [UInt8] {
        let path = "/grpc.health.v1.Health/\(method)"
        var all = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "a")]
        all += [("content-type", "application/grpc"), ("te", "trailers")]
        all += fields
        return frame(1, flags: 4, stream: stream, block(all)) + frame(0, flags: 1, stream: stream, message)
    }

    /// Reads frames until one satisfies `isLast`, or the stream ends.
    func frames(until isLast: (Frame) -> Bool) throws -> [Frame] {
        var frames: [Frame] = []
        while true {
            while let frame = takeFrame() {
                frames.append(frame)
                if isLast(frame) { return frames }
            }
            let more = try raw.receive()
            guard !more.isEmpty else { return frames }
            unread += more
        }
    }

    /// The next whole frame that has come.
    private func takeFrame() -> Frame? {
        guard unread.count >= 9 else { return nil }
        let length = unread.prefix(3).reduce(0) { $0 << 8 | Int($1) }
        guard unread.count >= 9 + length else { return nil }
        let stream = unread[5..<9].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        let payload = Array(unread[9..<9 + length])
        let frame = Frame(type: unread[3], flags: unread[4], stream: stream, payload: payload)
        unread.removeFirst(9 + length)
        return frame
    }

    /// Reads to the end of the connection, however it ends.
    func framesToTheEnd() -> [Frame] {
        var all: [Frame] = []
        while let more = try? frames(until: { _ in true }), !more.isEmpty { all += more }
        return all
    }
}

extension [HTTP2Client.Frame] {
    /// The error code of the last GOAWAY; nil when there was none.
    var goAwayCode: UInt32? {
        last { $0.type == 7 }?.payload.dropFirst(4).prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    }

    /// The bytes of all DATA of one stream.
    func data(of stream: UInt32) -> [UInt8] {
        filter { $0.type == 0 && $0.stream == stream }.flatMap(\.payload)
    }
}
