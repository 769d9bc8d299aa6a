// SPDX-License-Identifier: Apache-2.0

/// Reads a JSON document (RFC 8259), strictly, from a peer that may be hostile.
///
/// Nesting is bounded; the length is the caller's to bound. Linear in the length, and what it makes takes less than a hundred
/// bytes for each byte read. A byte order mark at the beginning is skipped, as section 8.1 allows.
struct JSONReader {
    /// Most arrays and objects within each other.
    static let maximumDepth = 64

    /// Why a text is no JSON document.
    struct Problem: Error, Hashable {
        /// In lower case, without a full stop.
        let message: String
    }

    private let bytes: [UInt8]
    private var place = 0

    /// The document that `bytes` are.
    static func read(_ bytes: [UInt8]) throws(Problem) -> ParsedJSON {
        var reader = JSONReader(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.place = 3 }
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.place == bytes.count else { throw reader.problem("more after the end of the document") }
        return value
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func value(depth: Int) throws(Problem) -> ParsedJSON {
        skipBlanks()
        guard let next else { throw problem("it ends where a value should be") }
        switch next {
        case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try elements(depth: depth + 1))
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .truth(true))
        case UInt8(ascii: "f"): return try word("false", .truth(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw problem("no value")
        }
    }

    private mutating func members(depth: Int) throws(Problem) -> [ParsedJSON.Member] {
        var members: [ParsedJSON.Member] = []
        try sequence(depth: depth, end: UInt8(ascii: "}")) { (reader) throws(Problem) in
            guard reader.next == UInt8(ascii: "\"") else { throw reader.problem("a member begins with its name") }
            let name = try reader.text()
            reader.skipBlanks()
            guard reader.take(UInt8(ascii: ":")) else { throw reader.problem("no : after a name") }
            members.append(ParsedJSON.Member(name: name, value: try reader.value(depth: depth)))
        }
        return members
    }

    private mutating func elements(depth: Int) throws(Problem) -> [ParsedJSON] {
        var elements: [ParsedJSON] = []
        try sequence(depth: depth, end: UInt8(ascii: "]")) { (reader) throws(Problem) in
            elements.append(try reader.value(depth: depth))
        }
        return elements
    }

    /// Reads what stands between brackets, part by part.
    private mutating func sequence(
        depth: Int,
        end: UInt8,
        part: (inout JSONReader) throws(Problem) -> Void
    ) throws(Problem) {
        guard depth <= Self.maximumDepth else { throw problem("nested deeper than \(Self.maximumDepth) levels") }
        place += 1
        skipBlanks()
        if take(end) { return }
        repeat {
            skipBlanks()
            try part(&self)
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(end) else {
            throw problem(next == nil ? "it ends too early" : "no comma or closing bracket")
        }
    }

    private mutating func number() throws(Problem) -> String {
        let start = place
        while let byte = next, "+-.eE0123456789".utf8.contains(byte) { place += 1 }
        guard Self.isNumber(bytes[start..<place]) else { throw problem("no number", at: start) }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        func digits() -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, whole == 1 || !startsWithZero else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private mutating func word(_ word: String, _ value: ParsedJSON) throws(Problem) -> ParsedJSON {
        guard bytes[place...].starts(with: word.utf8) else { throw problem("no value") }
        place += word.utf8.count
        return value
    }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    private func problem(_ message: String, at place: Int? = nil) -> Problem {
        Problem(message: "\(message) at byte \((place ?? self.place) + 1)")
    }
}

// MARK: - Texts

extension JSONReader {
    private mutating func text() throws(Problem) -> String {
        let start = place
        place += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw problem("a text that is not UTF-8", at: start)
                }
                return result
            case UInt8(ascii: "\\"):
                place += 1
                text += try escape().utf8
            case 0..<0x20:
                throw problem("a control character in a text")
            default:
                // Whole runs at once: most texts have no escape.
                let run = bytes[place...].prefix { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
                text += run
                place += run.count
            }
        }
        throw problem("a text that does not end", at: start)
    }

    private mutating func escape() throws(Problem) -> String {
        guard let byte = next else { throw problem("it ends too early") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw problem("an unknown escape", at: place - 1)
        }
    }

    /// A `\u` escape or the two of a surrogate pair; a surrogate alone, which no text can hold, becomes U+FFFD.
    private mutating func unicodeEscape() throws(Problem) -> String {
        let first = try hexadecimal()
        if (0xD800...0xDBFF).contains(first), bytes[place...].starts(with: [0x5C, 0x75]) {
            let afterFirst = place
            place += 2
            let second = try hexadecimal()
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return String(scalar)
            }
            place = afterFirst
        }
        return String(Unicode.Scalar(first) ?? "\u{FFFD}")
    }

    private mutating func hexadecimal() throws(Problem) -> UInt32 {
        let digits = bytes[place...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw problem("\\u without four hexadecimal digits") }
        place += 4
        return value
    }
}
