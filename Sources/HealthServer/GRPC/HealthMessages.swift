// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The messages of `grpc.health.v1` in Protocol Buffers' wire format; there are too few of them for generated code.
enum HealthMessages {
    /// The field `service` of a `HealthCheckRequest`; fields that this version does not know are skipped.
    ///
    /// - Throws: INVALID_ARGUMENT for bytes that are no such message.
    static func service(in request: ByteBuffer) throws(GRPCFailure) -> String {
        var rest = request
        var service = ""
        while rest.readableBytes > 0 {
            guard let key = rest.readVarint(), key >> 3 > 0, key >> 3 < 1 << 29 else { throw malformed }
            switch (key >> 3, key & 7) {
            case (1, 2):
                guard let bytes = rest.readDelimited(),
                    let text = String(validating: bytes.readableBytesView, as: UTF8.self)
                else { throw malformed }
                service = text
            case (_, 0): guard rest.readVarint() != nil else { throw malformed }
            case (_, 1): guard rest.readSlice(length: 8) != nil else { throw malformed }
            case (_, 2): guard rest.readDelimited() != nil else { throw malformed }
            case (_, 5): guard rest.readSlice(length: 4) != nil else { throw malformed }
            default: throw malformed
            }
        }
        return service
    }

    /// A `HealthCheckResponse`, with the prefix that frames it.
    static func response(_ status: ServingStatus) -> ByteBuffer {
        framed(ByteBuffer(bytes: message(status)))
    }

    /// A `HealthListResponse`, with the prefix that frames it.
    static func list(_ statuses: [(service: String, status: ServingStatus)]) -> ByteBuffer {
        var message = ByteBuffer()
        for (service, status) in statuses {
            let name = Array(service.utf8)
            let value = Self.message(status)
            var entry = ByteBuffer()
            entry.writeInteger(0x0A as UInt8)
            entry.writeVarint(UInt64(name.count))
            entry.writeBytes(name)
            entry.writeInteger(0x12 as UInt8)
            entry.writeVarint(UInt64(value.count))
            entry.writeBytes(value)
            message.writeInteger(0x0A as UInt8)
            message.writeVarint(UInt64(entry.readableBytes))
            message.writeBuffer(&entry)
        }
        return framed(message)
    }

    private static func message(_ status: ServingStatus) -> [UInt8] { [0x08, UInt8(status.rawValue)] }

    private static func framed(_ message: ByteBuffer) -> ByteBuffer {
        var framed = ByteBuffer()
        framed.reserveCapacity(5 + message.readableBytes)
        framed.writeInteger(0 as UInt8)
        framed.writeInteger(UInt32(message.readableBytes))
        framed.writeImmutableBuffer(message)
        return framed
    }

    private static var malformed: GRPCFailure {
        GRPCFailure(.invalidArgument, "the request is no HealthCheckRequest")
    }
}

extension ByteBuffer {
    /// A number in base 128, at most ten bytes.
    fileprivate mutating func readVarint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
            guard let byte = readInteger(as: UInt8.self) else { return nil }
            let part = UInt64(byte & 0x7F)
            guard shift < 63 || part <= 1 else { return nil }
            value |= part << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    fileprivate mutating func readDelimited() -> ByteBuffer? {
        guard let length = readVarint(), length <= UInt64(readableBytes) else { return nil }
        return readSlice(length: Int(length))
    }

    fileprivate mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            writeInteger(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(rest))
    }
}
