// SPDX-License-Identifier: Apache-2.0

/// Reads what ``ByteWriter`` has written; nil for whatever does not fit.
struct ByteReader {
    var rest: ArraySlice<UInt8>

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        guard let bytes = take(Number.bitWidth / 8) else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func text() -> String? {
        guard let count = number(UInt16.self), let bytes = take(Int(count)) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Nil when malformed; nil inside when absent.
    mutating func optionalText() -> String?? {
        switch number(UInt8.self) {
        case 0: .some(nil)
        case 1: text().map { .some($0) }
        default: nil
        }
    }

    /// Nil when malformed; nil inside when absent.
    mutating func optionalNumber() -> Int64?? {
        switch number(UInt8.self) {
        case 0: .some(nil)
        case 1: number(Int64.self).map { .some($0) }
        default: nil
        }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
