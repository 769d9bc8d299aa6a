// SPDX-License-Identifier: Apache-2.0

/// Takes a body apart into gRPC messages (gRPC over HTTP/2, `Length-Prefixed-Message`).
///
/// Each message stands behind a byte that says whether it is compressed and its length in four bytes, big-endian. A length past
/// the bound is refused before a byte of the message is waited for.
package struct GRPCMessageReader {
    /// Most bytes of one message.
    package static let maximumMessageBytes = 64 * 1_024
    /// Bytes before each message.
    package static let prefixBytes = 5

    /// One message.
    package struct Message: Hashable, Sendable {
        /// Whether its bytes are compressed as `grpc-encoding` says.
        package var isCompressed: Bool
        /// The message itself.
        package var bytes: [UInt8]
    }

    /// Why no more messages can be found.
    package enum Problem: Error, Hashable, Sendable {
        /// The first byte of a prefix is neither 0 nor 1.
        case flag(UInt8)
        /// A message is longer than ``maximumMessageBytes``.
        case tooLong(UInt32)
    }

    private var bytes: [UInt8] = []
    private var position = 0

    package init() {}

    /// Whether nothing is left of a message that has begun.
    package var isAtBoundary: Bool { position == bytes.count }

    /// Adds what has arrived.
    package mutating func append(_ piece: [UInt8]) {
        bytes.removeFirst(position)
        position = 0
        bytes += piece
    }

    /// The next whole message; nil until it has arrived.
    package mutating func next() throws(Problem) -> Message? {
        guard position < bytes.count else { return nil }
        let flag = bytes[position]
        guard flag <= 1 else { throw .flag(flag) }
        guard bytes.count - position >= Self.prefixBytes else { return nil }
        let length = bytes[(position + 1)..<(position + Self.prefixBytes)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard length <= Self.maximumMessageBytes else { throw .tooLong(length) }
        let start = position + Self.prefixBytes
        guard bytes.count - start >= Int(length) else { return nil }
        position = start + Int(length)
        return Message(isCompressed: flag == 1, bytes: Array(bytes[start..<position]))
    }

    /// A message, not compressed, with its prefix.
    package static func framed(_ message: [UInt8]) -> [UInt8] {
        precondition(message.count <= maximumMessageBytes, "a message of \(message.count) bytes")
        let length = UInt32(message.count)
        return [0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + message
    }
}
