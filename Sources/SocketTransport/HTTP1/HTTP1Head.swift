// SPDX-License-Identifier: Apache-2.0

/// What the status line and the fields of an answer say about the answer itself.
struct HTTP1Head {
    /// How the end of the body is found (RFC 9112 section 6.3).
    enum Framing: Hashable {
        case none
        case length(Int)
        case chunked
        case untilEnd
    }

    /// What a status line begins with.
    static let prefix = Array("HTTP/".utf8)

    /// The status code; 0 before a status line.
    private(set) var status = 0
    private(set) var isHTTP10 = false
    private var contentLength: Int?
    private var hasBadLength = false
    private var hasCoding = false
    private var isChunked = false
    private var otherCoding: String?
    private var saysClose = false
    private var saysKeepAlive = false

    init() {}

    /// Reads `HTTP/1.1 200 OK`; the words after the code may be missing.
    init(statusLine line: borrowing Span<UInt8>) throws(HTTP1Problem) {
        guard line.count >= Self.prefix.count else { throw .noStatusLine }
        for index in Self.prefix.indices where line[index] != Self.prefix[index] { throw .noStatusLine }
        guard line.count >= 12, line[5] == UInt8(ascii: "1"), line[6] == UInt8(ascii: "."),
            line[8] == UInt8(ascii: " "),
            line.count == 12 || line[12] == UInt8(ascii: " ")
        else { throw .statusLine }
        switch line[7] {
        case UInt8(ascii: "0"): isHTTP10 = true
        case UInt8(ascii: "1"): isHTTP10 = false
        default: throw .statusLine
        }
        for index in 9...11 {
            guard let digit = Self.digit(line[index]) else { throw .statusLine }
            status = status * 10 + digit
        }
        // "000" would not be told from no status line.
        guard status > 0 else { throw .statusLine }
    }

    /// Whether a status line can begin with the bytes.
    static func canBegin(with bytes: borrowing Span<UInt8>) -> Bool {
        for index in 0..<min(bytes.count, prefix.count) where bytes[index] != prefix[index] { return false }
        return true
    }

    /// Whether another answer follows this one (RFC 9110 section 15.2).
    var isInterim: Bool { (100...199).contains(status) }

    /// Whether the server keeps the connection (RFC 9112 section 9.3).
    ///
    /// One that says its length in two ways is not trusted with a next answer (section 6.3).
    var keepsConnection: Bool {
        !saysClose && (!isHTTP10 || saysKeepAlive) && !(isChunked && contentLength != nil)
    }

    /// Takes a field line without its end.
    mutating func take(_ line: borrowing Span<UInt8>) throws(HTTP1Problem) {
        // The three names that matter here begin with c or t.
        switch line[0] | 0x20 {
        case UInt8(ascii: "c"):
            if let value = try Self.value(of: "content-length", in: line) { takeLength(value) }
            if let value = try Self.value(of: "connection", in: line) { takeConnection(value) }
        case UInt8(ascii: "t"):
            if let value = try Self.value(of: "transfer-encoding", in: line) { takeCoding(value) }
        default:
            break
        }
    }

    /// How the end of the body is found.
    func framing(isHead: Bool) throws(HTTP1Problem) -> Framing {
        guard !hasBadLength else { throw .contentLength }
        if let otherCoding { throw .transferCoding(otherCoding) }
        if isHead || status == 204 || status == 304 { return .none }
        if isChunked { return .chunked }
        // A length beside any coding counts for nothing (RFC 9112 section 6.3).
        if hasCoding { return .untilEnd }
        return contentLength.map { .length($0) } ?? .untilEnd
    }

    /// A list of the same number counts as one, as RFC 9110 section 8.6 allows.
    private mutating func takeLength(_ value: String) {
        for item in value.split(separator: ",", omittingEmptySubsequences: false) {
            let digits = item.trimmingBlanks
            guard !digits.isEmpty, digits.utf8.allSatisfy({ Self.digit($0) != nil }), let length = Int(digits),
                contentLength == nil || contentLength == length
            else {
                hasBadLength = true
                return
            }
            contentLength = length
        }
    }

    private mutating func takeConnection(_ value: String) {
        for item in value.lowercased().split(separator: ",") {
            switch item.trimmingBlanks {
            case "close": saysClose = true
            case "keep-alive": saysKeepAlive = true
            default: break
            }
        }
    }

    private mutating func takeCoding(_ value: String) {
        hasCoding = true
        for item in value.lowercased().split(separator: ",") {
            let coding = item.trimmingBlanks
            switch coding {
            case "chunked" where !isChunked: isChunked = true
            case "identity": break
            default: otherCoding = otherCoding ?? String(coding.prefix(40))
            }
        }
    }

    /// The value of the field called `name`, when `line` is one.
    ///
    /// Some overlook blanks before its colon and some overlook the field (RFC 9112 section 5.1), so nobody knows what it means.
    private static func value(of name: String, in line: borrowing Span<UInt8>) throws(HTTP1Problem) -> String? {
        guard line.count > name.utf8.count else { return nil }
        var position = 0
        for wanted in name.utf8 {
            guard wanted == line[position] | 0x20 else { return nil }
            position += 1
        }
        while position < line.count, line[position] == UInt8(ascii: " ") || line[position] == UInt8(ascii: "\t") {
            position += 1
        }
        guard position < line.count, line[position] == UInt8(ascii: ":") else { return nil }
        guard position == name.utf8.count else { throw .blankBeforeColon }
        var value: [UInt8] = []
        for index in (position + 1)..<line.count { value.append(line[index]) }
        return String(String(decoding: value, as: UTF8.self).trimmingBlanks)
    }

    /// The number of bytes that a chunk's line announces (RFC 9112 section 7.1); extensions are skipped.
    static func chunkSize(_ line: borrowing Span<UInt8>) throws(HTTP1Problem) -> Int {
        var size = 0
        var position = 0
        while position < line.count, let digit = hexadecimalDigit(line[position]) {
            guard position < 15 else { throw .chunk }
            size = size << 4 | digit
            position += 1
        }
        guard position > 0 else { throw .chunk }
        while position < line.count, line[position] == UInt8(ascii: " ") || line[position] == UInt8(ascii: "\t") {
            position += 1
        }
        guard position == line.count || line[position] == UInt8(ascii: ";") else { throw .chunk }
        return size
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> Int? {
        if let digit = digit(byte) { return digit }
        let letter = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter) ? Int(letter - UInt8(ascii: "a")) + 10 : nil
    }
}

extension StringProtocol {
    /// Without spaces and tabs at either end.
    fileprivate var trimmingBlanks: SubSequence {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text
    }
}
