// SPDX-License-Identifier: Apache-2.0

/// Reads a JSON document (RFC 8259), stricter than it must: no duplicate members, no lone surrogates, at most ``maximumDepth``
/// levels.
///
/// Linear in the bytes; what it makes of one byte is bounded, and the caller bounds the bytes.
struct JSONReader {
    /// Arrays and objects within each other.
    static let maximumDepth = 16

    /// Where reading stopped, and why.
    struct Problem: Error, Hashable {
        /// Counted from 0.
        let offset: Int
        /// In lower case, without a full stop.
        let message: String
    }

    private let bytes: [UInt8]
    private var position = 0

    /// Reads all of `bytes`.
    static func value(of bytes: [UInt8]) throws(Problem) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Problem(offset: 0, message: "the document is not UTF-8")
        }
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.problem("something follows the document") }
        return value
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func problem(_ message: String) -> Problem { Problem(offset: position, message: message) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func take(_ wanted: Character) -> Bool {
        guard let byte = next, byte == wanted.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Problem) -> JSONValue {
        skipSpace()
        guard let byte = next else { throw problem("the document ends too early") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        default: throw problem("a value is expected")
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Problem) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw problem("a value is expected") }
        position += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(Problem) -> JSONValue {
        guard depth < Self.maximumDepth else { throw problem("more than \(Self.maximumDepth) levels") }
        position += 1
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if take("}") { return .object([]) }
        while true {
            skipSpace()
            let start = position
            guard next == UInt8(ascii: "\"") else { throw problem("a member's name is expected") }
            let name = try string()
            guard names.insert(name).inserted else {
                position = start
                throw problem("member \(quoted(name)) is given twice")
            }
            skipSpace()
            guard take(":") else { throw problem("a colon is expected") }
            members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw problem("a comma or the end of the object is expected") }
        }
    }

    private mutating func array(depth: Int) throws(Problem) -> JSONValue {
        guard depth < Self.maximumDepth else { throw problem("more than \(Self.maximumDepth) levels") }
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return .array(values) }
            guard take(",") else { throw problem("a comma or the end of the array is expected") }
        }
    }

    private mutating func number() throws(Problem) -> JSONValue {
        let start = position
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        _ = take("-")
        guard isDigit(next) else { throw problem("a digit is expected") }
        if !take("0") { while isDigit(next) { position += 1 } }
        guard !isDigit(next) else { throw problem("a number has no leading zero") }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard isDigit(next) else { throw problem("a digit is expected") }
            while isDigit(next) { position += 1 }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            guard isDigit(next) else { throw problem("a digit is expected") }
            while isDigit(next) { position += 1 }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        return .number(Double(text) ?? .infinity)
    }

    private mutating func string() throws(Problem) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20:
                position -= 1
                throw problem("a control character in a string")
            default: text.append(byte)
            }
        }
        throw problem("the string has no end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Problem) {
        guard let byte = next else { throw problem("the string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var value = try fourDigits()
            if (0xD800...0xDBFF).contains(value) {
                guard take("\\"), take("u") else { throw problem("half of a surrogate pair") }
                let low = try fourDigits()
                guard (0xDC00...0xDFFF).contains(low) else { throw problem("half of a surrogate pair") }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw problem("half of a surrogate pair") }
            text += Array(String(scalar).utf8)
        default:
            position -= 1
            throw problem("an unknown escape")
        }
    }

    private mutating func fourDigits() throws(Problem) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        let isHex = digits.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
        }
        guard digits.count == 4, isHex, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw problem("four hexadecimal digits are expected")
        }
        position += 4
        return value
    }
}
