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

    /// The fields that matter here.
    private enum Field {
        case contentLength
        case connection
        case transferEncoding
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

    /// Reads `HTTP/1.1 200 OK`, into what nothing was read into before; the words after the code may be missing.
    mutating func begin(with line: borrowing Span<UInt8>) throws(HTTP1Problem) {
        guard line.count >= 12 else { throw Self.problem(ofStatusLine: line) }
        let version = line.eight(from: 0)
        guard version == UInt64(eightOf: "HTTP/1.1") || version == UInt64(eightOf: "HTTP/1.0") else {
            throw Self.problem(ofStatusLine: line)
        }
        guard line[8] == UInt8(ascii: " "), line.count == 12 || line[12] == UInt8(ascii: " ") else { throw .statusLine }
        var code = 0
        for index in 9...11 {
            guard let digit = Self.digit(line[index]) else { throw .statusLine }
            code = code * 10 + digit
        }
        // "000" would not be told from no status line.
        guard code > 0 else { throw .statusLine }
        status = code
        isHTTP10 = version == UInt64(eightOf: "HTTP/1.0")
    }

    /// What is wrong with a line that should be a status line, and is none.
    private static func problem(ofStatusLine line: borrowing Span<UInt8>) -> HTTP1Problem {
        line.count >= prefix.count && canBegin(with: line) ? .statusLine : .noStatusLine
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
    ///
    /// Some overlook blanks before a colon and some overlook the field (RFC 9112 section 5.1), so nobody knows what it means.
    mutating func take(_ line: borrowing Span<UInt8>) throws(HTTP1Problem) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        var end = colon
        while end > 0, Self.isBlank(line[end - 1]) { end -= 1 }
        guard let field = Self.field(called: 0..<end, in: line) else { return }
        guard end == colon else { throw .blankBeforeColon }
        take(field, (colon + 1)..<line.count, in: line)
    }

    /// Takes the field whose line this is; its name ends at its colon.
    @inline(__always)
    mutating func take(_ line: HTTP1Line, in bytes: borrowing Span<UInt8>) {
        guard let field = Self.field(called: line.text.lowerBound..<line.colon, in: bytes) else { return }
        take(field, (line.colon + 1)..<line.text.upperBound, in: bytes)
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

    /// Which of the fields that matter has this name, if any; its length tells most others at once.
    @inline(__always)
    private static func field(called name: Range<Int>, in bytes: borrowing Span<UInt8>) -> Field? {
        switch name.count {
        case 10: bytes.says("connection", at: name.lowerBound) ? .connection : nil
        case 14: bytes.says("content-length", at: name.lowerBound) ? .contentLength : nil
        case 17: bytes.says("transfer-encoding", at: name.lowerBound) ? .transferEncoding : nil
        default: nil
        }
    }

    /// Takes a value, which may have blanks around it.
    private mutating func take(_ field: Field, _ value: Range<Int>, in line: borrowing Span<UInt8>) {
        switch field {
        case .contentLength: takeLength(line, value)
        case .connection: takeConnection(line, value)
        case .transferEncoding: takeCoding(line, value)
        }
    }

    /// A list of the same number counts as one, as RFC 9110 section 8.6 allows.
    private mutating func takeLength(_ line: borrowing Span<UInt8>, _ value: Range<Int>) {
        // The usual one needs no search for commas.
        if contentLength == nil, !hasBadLength, let length = Self.number(line, Self.trimmed(line, value)) {
            contentLength = length
            return
        }
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
        // The usual word needs no search for commas.
        guard !Self.isWord("keep-alive", line, Self.trimmed(line, value)) else {
            saysKeepAlive = true
            return
        }
        var rest: Range<Int>? = value
        while let item = Self.nextItem(in: line, &rest) {
            if Self.isWord("close", line, item) { saysClose = true }
            if Self.isWord("keep-alive", line, item) { saysKeepAlive = true }
        }
    }

    private mutating func takeCoding(_ line: borrowing Span<UInt8>, _ value: Range<Int>) {
        hasCoding = true
        var rest: Range<Int>? = value
        while let item = Self.nextItem(in: line, &rest) {
            if item.isEmpty || Self.isWord("identity", line, item) { continue }
            if !isChunked, Self.isWord("chunked", line, item) {
                isChunked = true
            } else if otherCoding == nil {
                let bytes = item.prefix(40).map { line[$0] }
                otherCoding = String(decoding: bytes, as: UTF8.self).lowercased()
            }
        }
    }

    /// The next item of a list that commas separate, without the blanks around it; nil after the last.
    private static func nextItem(in line: borrowing Span<UInt8>, _ rest: inout Range<Int>?) -> Range<Int>? {
        guard let list = rest else { return nil }
        var end = list.lowerBound
        while end < list.upperBound, line[end] != UInt8(ascii: ",") { end += 1 }
        rest = end < list.upperBound ? (end + 1)..<list.upperBound : nil
        return trimmed(line, list.lowerBound..<end)
    }

    @inline(__always)
    private static func trimmed(_ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(line[start]) { start += 1 }
        while start < end, isBlank(line[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether the range says `word`, which is in lower case, whatever the case of its letters.
    @inline(__always)
    private static func isWord(_ word: StaticString, _ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.count == word.utf8CodeUnitCount && line.says(word, at: range.lowerBound)
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
