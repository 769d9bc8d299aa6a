// SPDX-License-Identifier: Apache-2.0

/// Why a call of gRPC ends without what it asked for.
struct GRPCFailure: Error, Hashable {
    /// The codes that are sent (gRPC, "Status codes and their use in gRPC").
    enum Code: Int, Hashable, Sendable {
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case resourceExhausted = 8
        case unimplemented = 12
        case `internal` = 13
        case unavailable = 14
    }

    let code: Code
    /// What was seen, in lower case, without a full stop.
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message as `grpc-message` carries it: every byte but printable ASCII, and `%`, escaped (gRPC over HTTP/2).
    var escapedMessage: String {
        message.utf8.reduce(into: "") { text, byte in
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
    }
}
