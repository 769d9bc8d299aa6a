// SPDX-License-Identifier: Apache-2.0

extension FrameHeader {
    /// Reads the header of a server's frame, byte by byte, and refuses it at the first byte that is wrong.
    ///
    /// Nothing is kept but the bytes of the header, ten at most, so what it says of a length costs no memory.
    struct Reader {
        private var bytes: [UInt8] = []

        /// Whether the reader stands between two headers.
        var isEmpty: Bool { bytes.isEmpty }

        /// Takes the header's next byte.
        ///
        /// - Returns: the header when this was its last byte; the reader then begins anew.
        mutating func take(_ byte: UInt8) throws(WebSocketViolation) -> FrameHeader? {
            bytes.append(byte)
            switch bytes.count {
            case 1:
                try Self.checkFirst(byte)
                return nil
            case 2:
                try Self.checkSecond(byte, first: bytes[0])
                return byte < 126 ? finish(length: UInt64(byte)) : nil
            default:
                let isLong = bytes[1] == 127
                guard bytes.count == (isLong ? 10 : 4) else { return nil }
                let length = bytes.dropFirst(2).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                guard length < 1 << 63 else { throw .protocolError("a frame of 2^63 bytes or more") }
                guard length > (isLong ? 0xFFFF : 125) else {
                    let size = isLong ? 8 : 2
                    throw .protocolError(
                        "a length of \(length) written in \(size) bytes instead of the fewest possible"
                    )
                }
                return finish(length: length)
            }
        }

        private mutating func finish(length: UInt64) -> FrameHeader? {
            defer { bytes.removeAll(keepingCapacity: true) }
            guard let opcode = WebSocketOpcode(rawValue: bytes[0] & 0x0F) else { return nil }
            return FrameHeader(isFinal: bytes[0] & 0x80 != 0, opcode: opcode, length: Int(length))
        }

        private static func checkFirst(_ byte: UInt8) throws(WebSocketViolation) {
            guard byte & 0x70 == 0 else {
                throw .protocolError("a reserved bit is set, but no extension was agreed on")
            }
            guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else {
                throw .protocolError("opcode \(byte & 0x0F) is reserved")
            }
            guard !opcode.isControl || byte & 0x80 != 0 else { throw .protocolError("a fragmented \(opcode) frame") }
        }

        private static func checkSecond(_ byte: UInt8, first: UInt8) throws(WebSocketViolation) {
            guard byte & 0x80 == 0 else { throw .protocolError("a masked frame from the server") }
            guard first & 0x08 == 0 || byte <= longestControlPayload else {
                throw .protocolError("a control frame of more than 125 bytes")
            }
        }
    }
}
