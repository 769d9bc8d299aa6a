// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Says of the fields of an answer whether gRPC follows.
package enum GRPCContent {
    /// What is wrong with them; nil when they begin a gRPC answer that we can read.
    ///
    /// A `grpc-status` explains more than the HTTP status beside it. An HTTP status without one stands for a gRPC status, as the
    /// gRPC documentation maps them.
    package static func failure(in head: HTTPAnswer) -> (failure: Failure, layer: Layer, status: GRPCStatus?)? {
        let type = head.headers.first("content-type")
        let isGRPC = isGRPC(type)
        guard head.status == 200 else {
            if isGRPC, head.headers.first("grpc-status") != nil { return nil }
            let status = GRPCStatus.standing(for: head.status)
            let message = "HTTP status \(head.status) without a gRPC status, which stands for \(status.text)"
            return (Failure(status.reason, message), .l7Status, status)
        }
        guard isGRPC else {
            let seen = type.map { "content type \"\(Excerpt.bounded($0))\"" } ?? "no content type"
            return (Failure(.protocolError, "not gRPC: \(seen), expected application/grpc"), .l7Response, nil)
        }
        return nil
    }

    /// Whether `type` announces gRPC with Protocol Buffers: `application/grpc` or `application/grpc+proto`, parameters aside.
    package static func isGRPC(_ type: String?) -> Bool {
        guard let type else { return false }
        if type == "application/grpc" { return true }
        let essence = type.utf8.prefix { byte in
            byte != UInt8(ascii: ";") && byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\t")
        }
        return isSame(essence, "application/grpc") || isSame(essence, "application/grpc+proto")
    }

    /// Whether a media type is `name`, which is in lower case.
    private static func isSame(_ essence: Substring.UTF8View, _ name: StaticString) -> Bool {
        essence.count == name.utf8CodeUnitCount
            && name.withUTF8Buffer { name in
                unsafe zip(essence, name).allSatisfy { left, right in
                    left == right || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(left) && left | 0x20 == right
                }
            }
    }
}
