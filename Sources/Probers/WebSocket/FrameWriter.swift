// SPDX-License-Identifier: Apache-2.0

/// Writes a client's frames: always one frame for a message, always masked (RFC 6455, sections 5.2 and 5.3).
package enum FrameWriter {
    /// The bytes of one frame.
    ///
    /// - Parameters:
    ///   - opcode: what it carries.
    ///   - payload: at most 125 bytes for a control frame; more is a programmer error.
    ///   - random: where the masking key comes from; unpredictable outside of tests (section 10.3).
    /// - Returns: header, masking key and masked payload.
    package static func frame(
        _ opcode: WebSocketOpcode,
        _ payload: [UInt8],
        using random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        precondition(
            !opcode.isControl || payload.count <= FrameHeader.longestControlPayload,
            "a \(opcode) frame of \(payload.count) bytes"
        )
        let key = UInt32.random(in: .min ... .max, using: &random)
        let mask = (0..<4).map { UInt8(truncatingIfNeeded: key >> (8 * $0)) }
        var bytes: [UInt8] = [0x80 | opcode.rawValue]
        bytes.reserveCapacity(payload.count + 14)
        switch payload.count {
        case ...125: bytes.append(0x80 | UInt8(payload.count))
        case ...0xFFFF: append(payload.count, marker: 126, size: 2, to: &bytes)
        default: append(payload.count, marker: 127, size: 8, to: &bytes)
        }
        bytes += mask
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
    }

    private static func append(_ length: Int, marker: UInt8, size: Int, to bytes: inout [UInt8]) {
        bytes.append(0x80 | marker)
        for position in (0..<size).reversed() { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * position))) }
    }
}
