// SPDX-License-Identifier: Apache-2.0

/// Appends numbers (little-endian) and texts (two bytes of length first) to a list of bytes.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    mutating func putFlag(_ isPresent: Bool) {
        bytes.append(isPresent ? 1 : 0)
    }

    mutating func putOptional(_ number: Int64?) {
        putFlag(number != nil)
        if let number { put(number) }
    }

    mutating func put(_ text: String) {
        // A character that is cut in two reads as U+FFFD, which is 3 bytes: so 3 are left for it.
        let kept = text.utf8.count <= Int(UInt16.max) ? text : String(decoding: text.utf8.prefix(65_532), as: UTF8.self)
        put(UInt16(kept.utf8.count))
        bytes.append(contentsOf: kept.utf8)
    }
}
