// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
    static var lineFeed: UInt8 { 0x0A }
    static var carriageReturn: UInt8 { 0x0D }
    static var space: UInt8 { 0x20 }
    static var tab: UInt8 { 0x09 }

    /// Whether the byte may stand in a token: a method or a field's name (RFC 9110 section 5.6.2).
    var isToken: Bool { self < 0x80 && Self.tokens[Int(self)] }

    /// Whether the byte may stand in a field's value (RFC 9110 section 5.5).
    var isFieldValue: Bool { self >= 0x20 && self != 0x7F || self == .tab }

    /// Whether the byte is printable ASCII without the space, as in a request target.
    var isVisible: Bool { self > 0x20 && self < 0x7F }

    /// Whether the byte may stand in a Host field (RFC 3986 section 3.2.2, with the port).
    var isHost: Bool { self < 0x80 && Self.hosts[Int(self)] }

    /// Whether the byte is an ASCII letter or digit.
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// ASCII letters in lower case, all else as it is.
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    private static let hosts: [Bool] = (0..<128).map { value in
        let byte = UInt8(value)
        return byte.isLetterOrDigit || ".-_~%!$&'()*+,;=:[]".utf8.contains(byte)
    }

    private static let tokens: [Bool] = (0..<128).map { value in
        let byte = UInt8(value)
        return byte.isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}

extension Span<UInt8> {
    /// Whether the bytes of `range` are `lowercase`, letters of either case taken as equal.
    func matches(_ lowercase: [UInt8], in range: Range<Int>) -> Bool {
        guard range.count == lowercase.count else { return false }
        for offset in 0..<lowercase.count where self[range.lowerBound + offset].lowercased != lowercase[offset] {
            return false
        }
        return true
    }

    /// Whether the bytes of `range` are exactly `other`.
    func equals(_ other: [UInt8], in range: Range<Int>) -> Bool {
        guard range.count == other.count else { return false }
        for offset in 0..<other.count where self[range.lowerBound + offset] != other[offset] { return false }
        return true
    }

    /// `range` without spaces and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower] == .space || self[lower] == .tab { lower += 1 }
        while upper > lower, self[upper - 1] == .space || self[upper - 1] == .tab { upper -= 1 }
        return lower..<upper
    }
}
