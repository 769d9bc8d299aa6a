// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A JSON document (RFC 8259) that keeps its members in the order they were written.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// Infinite and not-a-number values are written as null: JSON has no word for them.
    case number(Double)
    /// A duration, as a number of seconds with at most nine decimals.
    case seconds(Duration)
    /// A duration, as a number of milliseconds with at most six decimals.
    case milliseconds(Duration)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One member of an object.
    struct Member: Hashable, Sendable {
        let name: String
        let value: JSONValue
    }

    /// An object of the members whose value is not nil.
    static func members(_ pairs: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(list(pairs))
    }

    /// The members whose value is not nil.
    static func list(_ pairs: KeyValuePairs<String, JSONValue?>) -> [Member] {
        pairs.compactMap { name, value in value.map { Member(name: name, value: $0) } }
    }

    /// A string, or null.
    static func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }

    /// The document in UTF-8, without white space, ended by a line feed.
    func serialized() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1_024)
        write(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes.append(decimal: value)
        case .unsigned(let value): bytes.append(decimal: value)
        case .number(let value): bytes += (value.isFinite ? value.shortestDecimal : "null").utf8
        case .seconds(let value): bytes.append(nanoseconds: value.inNanoseconds, unit: 1_000_000_000)
        case .milliseconds(let value): bytes.append(nanoseconds: value.inNanoseconds, unit: 1_000_000)
        case .string(let value): Self.write(value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Writes a string as RFC 8259 section 7 asks: quotation mark, backslash and control characters escaped, and the two
    /// line separators that JavaScript once refused.
    private static func write(_ string: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        // Nearly every text is plain and is copied as it is.
        if string.utf8.allSatisfy(\.standsInJSON) {
            bytes += string.utf8
        } else {
            for scalar in string.unicodeScalars { write(scalar, to: &bytes) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func write(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"": bytes += "\\\"".utf8
        case "\\": bytes += "\\\\".utf8
        case "\n": bytes += "\\n".utf8
        case "\r": bytes += "\\r".utf8
        case "\t": bytes += "\\t".utf8
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            bytes += "\\u".utf8
            bytes += String(repeating: "0", count: 4 - digits.count).utf8
            bytes += digits.utf8
        default: bytes += UTF8.encode(scalar).map(Array.init) ?? []
        }
    }
}

extension UInt8 {
    /// Whether the byte is ASCII and stands for itself in a JSON string.
    fileprivate var standsInJSON: Bool {
        self >= 0x20 && self < 0x7F && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }
}

extension Double {
    /// The shortest decimal text that reads back as the same value, whole numbers without a fraction.
    var shortestDecimal: String {
        Int64(exactly: self).map { String($0) } ?? description
    }
}
