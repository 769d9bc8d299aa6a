// SPDX-License-Identifier: Apache-2.0

/// Appends numbers of variable length (seven bits a byte, lowest first) and texts to a list of bytes.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ number: UInt64) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func put(_ text: String) {
        put(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// The bytes with four of their checksum behind them.
    func sealed() -> [UInt8] {
        var bytes = bytes
        let checksum = Checksum.of(bytes[...])
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: checksum >> UInt32(shift)))
        }
        return bytes
    }
}

/// Reads what ``PackedWriter`` has written; nil for whatever does not fit.
struct PackedReader {
    private var rest: ArraySlice<UInt8>

    /// Nil when a single bit is not as it was sealed.
    init?(sealed bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        let body = bytes.dropLast(4)
        let stored = bytes.suffix(4).reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        guard Checksum.of(body) == stored else { return nil }
        rest = body
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            let part = UInt64(byte & 0x7F)
            guard shift < 63 || part <= 1 else { return nil }
            number |= part << UInt64(shift)
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }

    /// A number that fits into 32 bits.
    mutating func count() -> UInt32? {
        number().flatMap { UInt32(exactly: $0) }
    }

    mutating func text() -> String? {
        guard let count = count(), rest.count >= Int(count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return String(validating: rest.prefix(Int(count)), as: UTF8.self)
    }
}

/// FNV-1a, folded to 32 bits: finds every flipped bit and all but one in four billion of other damages.
enum Checksum {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
