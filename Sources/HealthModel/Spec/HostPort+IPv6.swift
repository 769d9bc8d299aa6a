// SPDX-License-Identifier: Apache-2.0

extension HostPort {
    /// Whether `text` is an IPv6 address without brackets and without a zone (RFC 4291 section 2.2).
    static func isIPv6Literal(_ text: Substring) -> Bool {
        guard text.utf8.count <= 45 else { return false }
        guard let gap = text.firstRange(of: "::") else { return groups(in: text) == 8 }
        let before = text[..<gap.lowerBound]
        let after = text[gap.upperBound...]
        guard let first = before.isEmpty ? 0 : groups(in: before, mayEndInIPv4: false) else { return false }
        guard let last = after.isEmpty ? 0 : groups(in: after) else { return false }
        return first + last <= 7
    }

    /// How many groups of 16 bits `text` has; an IPv4 address at the end counts for two; nil when one is malformed.
    private static func groups(in text: Substring, mayEndInIPv4: Bool = true) -> Int? {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var count = 0
        if mayEndInIPv4, let last = parts.last, last.contains(".") {
            guard HostPort(host: String(last), port: 0, isBracketed: false).ipv4 != nil else { return nil }
            parts.removeLast()
            count = 2
        }
        guard parts.allSatisfy({ (1...4).contains($0.utf8.count) && $0.utf8.allSatisfy(isHexadecimalDigit) }) else {
            return nil
        }
        return count + parts.count
    }

    /// Whether `byte` is one of `0-9 a-f A-F`.
    static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
