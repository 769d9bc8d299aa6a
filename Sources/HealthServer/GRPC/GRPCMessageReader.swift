// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Gathers the one message of a call (gRPC over HTTP/2, "Length-Prefixed-Message"): a flag, four bytes of length, the bytes.
struct GRPCMessageReader {
    /// The longest message that is taken; a request holds one name.
    static let maximumBytes = 1_024

    /// The coding that the client named for its messages; nil = none.
    let encoding: String?
    private var bytes = ByteBuffer()

    init(encoding: String?) {
        self.encoding = encoding
    }

    /// Takes what has come; no more than one message is kept.
    mutating func take(_ more: ByteBuffer) throws(GRPCFailure) {
        var more = more
        bytes.writeBuffer(&more)
        guard bytes.readableBytes >= 5 else { return }
        try check(flag: bytes.getInteger(at: bytes.readerIndex) ?? 0)
        let length = try length()
        guard bytes.readableBytes <= 5 + length else { throw GRPCFailure(.internal, "more than one request message") }
    }

    /// The message, once the client has said all.
    func message() throws(GRPCFailure) -> ByteBuffer {
        guard bytes.readableBytes > 0 else { throw GRPCFailure(.internal, "no request message") }
        guard bytes.readableBytes >= 5, let message = bytes.getSlice(at: bytes.readerIndex + 5, length: try length())
        else {
            throw GRPCFailure(.internal, "the request message is cut short")
        }
        return message
    }

    private func check(flag: UInt8) throws(GRPCFailure) {
        switch flag {
        case 0: return
        case 1 where encoding == nil || encoding == "identity":
            throw GRPCFailure(.internal, "a compressed message without grpc-encoding")
        case 1: throw GRPCFailure(.unimplemented, "compressed messages are not taken (grpc-accept-encoding: identity)")
        default: throw GRPCFailure(.internal, "the message's flag is \(flag) (0 or 1)")
        }
    }

    private func length() throws(GRPCFailure) -> Int {
        let length = Int(bytes.getInteger(at: bytes.readerIndex + 1, as: UInt32.self) ?? 0)
        guard length <= Self.maximumBytes else {
            throw GRPCFailure(.resourceExhausted, "a message of \(length) bytes (at most \(Self.maximumBytes))")
        }
        return length
    }
}
