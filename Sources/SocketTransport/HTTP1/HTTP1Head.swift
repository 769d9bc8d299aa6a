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

    /// The names and words that matter here, in lower case.
    private enum Word {
        static let contentLength = Array("content-length".utf8)
        static let connection = Array("connection".utf8)
        static let transferEncoding = Array("transfer-encoding".utf8)
        static let close = Array("close".utf8)
        static let keepAlive = Array("keep-alive".utf8)
        static let identity = Array("identity".utf8)
        static let chunked = Array("chunked".utf8)
    }

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
            if let value = try Self.value(of: Word.contentLength, in: line) { takeLength(line, value) }
            if let value = try Self.value(of: Word.connection, in: line) { takeConnection(line, value) }
        case UInt8(ascii: "t"):
            if let value = try Self.value(of: Word.transferEncoding, in: line) { takeCoding(line, value) }
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
    private mutating func takeLength(_ line: borrowing Span<UInt8>, _ value: Range<Int>) {
        var rest: Range<Int>? = value
        while let item = Self.nextItem(in: line, &rest) {
            guard let length = Self.number(line, item), contentLength == nil || contentLength == length else {
                hasBadLength = true
                return
            }
            contentLength = length
        }
    }

    private mutating func takeConnection(_ line: borrowing Span<UInt8>, _ value: Range<Int>) {
        var rest: Range<Int>? = value
        while let item = Self.nextItem(in: line, &rest) {
            if Self.isWord(Word.close, line, item) { saysClose = true }
            if Self.isWord(Word.keepAlive, line, item) { saysKeepAlive = true }
        }
    }

    private mutating func takeCoding(_ line: borrowing Span<UInt8>, _ value: Range<Int>) {
        hasCoding = true
        var rest: Range<Int>? = value
        while let item = Self.nextItem(in: line, &rest) {
            if item.isEmpty || Self.isWord(Word.identity, line, item) { continue }
            if !isChunked, Self.isWord(Word.chunked, line, item) {
                isChunked = true
            } else if otherCoding == nil {
                let bytes = item.prefix(40).map { line[$0] }
                otherCoding = String(decoding: bytes, as: UTF8.self).lowercased()
            }
        }
    }

    /// Where the value of the field called `name` stands, without the blanks around it, when `line` is one.
    ///
    /// Some overlook blanks before its colon and some overlook the field (RFC 9112 section 5.1), so nobody knows what it means.
    private static func value(
        of name: [UInt8],
        in line: borrowing Span<UInt8>
    ) throws(HTTP1Problem) -> Range<Int>? {
        let length = name.count
        // What follows the name tells most other fields at once.
        guard line.count > length, line[length] == UInt8(ascii: ":") || isBlank(line[length]) else { return nil }
        for index in name.indices where name[index] != line[index] | 0x20 { return nil }
        var position = length
        while position < line.count, isBlank(line[position]) { position += 1 }
        guard position < line.count, line[position] == UInt8(ascii: ":") else { return nil }
        guard position == length else { throw .blankBeforeColon }
        return trimmed(line, (position + 1)..<line.count)
    }

    /// The next item of a list that commas separate, without the blanks around it; nil after the last.
    private static func nextItem(in line: borrowing Span<UInt8>, _ rest: inout Range<Int>?) -> Range<Int>? {
        guard let list = rest else { return nil }
        var end = list.lowerBound
        while end < list.upperBound, line[end] != UInt8(ascii: ",") { end += 1 }
        rest = end < list.upperBound ? (end + 1)..<list.upperBound : nil
        return trimmed(line, list.lowerBound..<end)
    }

    private static func trimmed(_ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(line[start]) { start += 1 }
        while start < end, isBlank(line[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether the range says `word`, which is in lower case, whatever the case of its letters.
    private static func isWord(_ word: [UInt8], _ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count == word.count else { return false }
        for index in word.indices {
            let byte = line[range.lowerBound + index]
            let isLetter = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            guard word[index] == (isLetter ? byte | 0x20 : byte) else { return false }
        }
        return true
    }

    /// The decimal number that the range is; nil for none, and for one that is too large.
    private static func number(_ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        var number = 0
        for position in range {
            guard let digit = digit(line[position]) else { return nil }
            let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = shifted.addingReportingOverflow(digit)
            guard !isTooLarge, !isOver else { return nil }
            number = sum
        }
        return number
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
        while position < line.count, isBlank(line[position]) { position += 1 }
        guard position == line.count || line[position] == UInt8(ascii: ";") else { throw .chunk }
        return size
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> Int? {
        if let digit = digit(byte) { return digit }
        let letter = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter) ? Int(letter - UInt8(ascii: "a")) + 10 : nil
    }
}
