// SPDX-License-Identifier: Apache-2.0

/// A number as JSON writes it (RFC 8259 section 6), compared exactly, whatever its length.
///
/// A `Double` would take 9007199254740993 for 9007199254740992; identifiers and amounts must not become equal that way.
/// Numbers of the same value are equal: `1`, `1.0` and `10e-1`.
package struct DecimalNumber: Sendable {
    /// The number as written.
    package let text: String
    private let isNegative: Bool
    /// Significant digits, first and last not 0; none for zero.
    private let digits: [UInt8]
    /// The value is 0.digits times ten to this power.
    private let exponent: Int

    /// The largest exponent that is told apart from larger ones.
    private static let largestExponent = 1_000_000_000

    /// Reads a JSON number; nil when `text` is none.
    ///
    /// - Complexity: linear in the length of `text`.
    package init?(_ text: String) {
        var rest = Substring(text).utf8[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let whole = rest.prefix(while: Self.isDigit)
        guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: Self.isDigit)
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        var power = 0
        if let letter = rest.first, letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            let isSmall = rest.first == UInt8(ascii: "-")
            if isSmall || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.allSatisfy(Self.isDigit) else { return nil }
            for digit in rest { power = min(power * 10 + Int(digit - 0x30), Self.largestExponent) }
            if isSmall { power = -power }
            rest = rest.dropFirst(rest.count)
        }
        guard rest.isEmpty else { return nil }
        let all = Array(whole) + Array(fraction)
        let leading = all.prefix { $0 == 0x30 }.count
        var significant = all.dropFirst(leading)
        while significant.last == 0x30 { significant.removeLast() }
        self.text = text
        digits = Array(significant)
        exponent = significant.isEmpty ? 0 : whole.count - leading + power
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// -1, 0 or 1.
    private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    private func hasSmallerMagnitude(than other: DecimalNumber) -> Bool {
        exponent == other.exponent
            ? digits.lexicographicallyPrecedes(other.digits) : exponent < other.exponent
    }
}

extension DecimalNumber: Comparable, Hashable {
    package static func == (left: DecimalNumber, right: DecimalNumber) -> Bool {
        left.sign == right.sign && left.exponent == right.exponent && left.digits == right.digits
    }

    package static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        guard left.sign == right.sign else { return left.sign < right.sign }
        return left.sign < 0 ? right.hasSmallerMagnitude(than: left) : left.hasSmallerMagnitude(than: right)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(sign)
        hasher.combine(exponent)
        hasher.combine(digits)
    }
}
