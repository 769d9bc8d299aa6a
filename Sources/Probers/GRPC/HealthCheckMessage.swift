// SPDX-License-Identifier: Apache-2.0

/// The two messages of `grpc.health.v1.Health` (gRPC Health Checking Protocol).
package enum HealthCheckMessage {
    /// A `HealthCheckRequest`: field 1 is the service's name, left out when it is empty.
    package static func request(service: String) -> [UInt8] {
        guard !service.isEmpty else { return [] }
        let name = Array(service.utf8)
        var length: [UInt8] = []
        var rest = name.count
        while rest >= 0x80 {
            length.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return [0x0A] + length + [UInt8(rest)] + name
    }

    /// The status of a `HealthCheckResponse`: field 1, an enumeration; the last one counts, none stands for 0.
    ///
    /// - Throws: why the bytes are no message.
    package static func status(in response: [UInt8]) throws(ProtobufReader.Problem) -> ServingStatus {
        var reader = ProtobufReader(response)
        var status = ServingStatus.unknown
        while let (field, value) = try reader.next() {
            // A field with another wire type is another, unknown field.
            if field == 1, case .number(let number) = value {
                status = ServingStatus(Int32(truncatingIfNeeded: number))
            }
        }
        return status
    }
}

/// What a server says about a service (`HealthCheckResponse.ServingStatus`).
package enum ServingStatus: Hashable, Sendable {
    /// 0: not known yet.
    case unknown
    /// 1: it takes requests.
    case serving
    /// 2: it takes none.
    case notServing
    /// 3: the server does not know the service; only `Watch` says so.
    case serviceUnknown
    /// A value that the protocol does not define.
    case other(Int32)

    package init(_ number: Int32) {
        self =
            switch number {
            case 0: .unknown
            case 1: .serving
            case 2: .notServing
            case 3: .serviceUnknown
            default: .other(number)
            }
    }

    /// The protocol's word, or the number where it has none.
    package var name: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .serving: "SERVING"
        case .notServing: "NOT_SERVING"
        case .serviceUnknown: "SERVICE_UNKNOWN"
        case .other(let number): "\(number)"
        }
    }
}
