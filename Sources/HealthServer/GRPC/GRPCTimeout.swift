// SPDX-License-Identifier: Apache-2.0

import Exposition

/// The field `grpc-timeout` (gRPC over HTTP/2): at most eight digits and a unit.
enum GRPCTimeout {
    /// - Throws: INTERNAL for what is not a timeout, as other servers answer.
    static func parse(_ text: String) throws(GRPCFailure) -> Duration {
        let digits = text.utf8.dropLast()
        guard let unit = text.utf8.last, (1...8).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text.dropLast())
        else { throw malformed(text) }
        switch unit {
        case UInt8(ascii: "H"): return .seconds(number * 3_600)
        case UInt8(ascii: "M"): return .seconds(number * 60)
        case UInt8(ascii: "S"): return .seconds(number)
        case UInt8(ascii: "m"): return .milliseconds(number)
        case UInt8(ascii: "u"): return .microseconds(number)
        case UInt8(ascii: "n"): return .nanoseconds(number)
        default: throw malformed(text)
        }
    }

    private static func malformed(_ text: String) -> GRPCFailure {
        GRPCFailure(.internal, "malformed grpc-timeout: \(quoted(text.prefix(40)))")
    }
}
