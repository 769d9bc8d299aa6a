// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime

/// How a gRPC call ended: `grpc-status` and `grpc-message` (gRPC over HTTP/2, `Status` and `Status-Message`).
package struct GRPCStatus: Hashable, Sendable {
    /// 0 to 16 are defined; a server may send another.
    package var code: Int
    /// The server's words, on one line, at most 200 characters; nil when it sent none.
    package var message: String?

    package init(code: Int, message: String? = nil) {
        self.code = code
        self.message = message
    }

    package static let ok = 0
    package static let deadlineExceeded = 4
    package static let unimplemented = 12

    /// The code's name in the gRPC documentation; nil for one that is not defined.
    package var name: String? { Self.names.indices.contains(code) ? Self.names[code] : nil }

    /// `NOT_FOUND (5): unknown service`.
    package var text: String {
        let named = name.map { "\($0) (\(code))" } ?? "status \(code)"
        return message.map { "\(named): \($0)" } ?? named
    }

    /// Why a call with this status has failed.
    var reason: FailureReason { code == Self.unimplemented ? .grpcUnimplemented : .grpcStatus }

    /// What an answer says about its end.
    package enum Reading: Hashable, Sendable {
        case status(GRPCStatus)
        /// A `grpc-status` that is no number.
        case malformed(String)
        case missing
    }

    /// Reads the status from the trailers, or from the fields of an answer that has nothing else (`Trailers-Only`).
    package static func read(from answer: HTTPAnswer) -> Reading {
        for fields in [answer.trailers, answer.headers] {
            guard let text = fields.first("grpc-status") else { continue }
            guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let code = Int(text)
            else { return .malformed(Excerpt.bounded(text)) }
            let message = fields.first("grpc-message").map { Excerpt.bounded(percentDecoded($0)) }
            return .status(GRPCStatus(code: code, message: message?.isEmpty == true ? nil : message))
        }
        return .missing
    }

    /// The status that an answer without one stands for, by its HTTP status (gRPC, "HTTP to gRPC Status Code Mapping").
    package static func standing(for httpStatus: Int) -> GRPCStatus {
        let code =
            switch httpStatus {
            case 400: 13
            case 401: 16
            case 403: 7
            case 404: unimplemented
            case 429, 502, 503, 504: 14
            default: 2
            }
        return GRPCStatus(code: code)
    }

    /// Undoes percent-encoding; what is no valid escape stays as it is, as the specification demands.
    static func percentDecoded(_ text: String) -> String {
        let encoded = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < encoded.count {
            if encoded[index] == UInt8(ascii: "%"), index + 2 < encoded.count,
                let high = hexadecimal(encoded[index + 1]), let low = hexadecimal(encoded[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(encoded[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]
}
