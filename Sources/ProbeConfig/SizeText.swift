// SPDX-License-Identifier: Apache-2.0

/// Sizes as the configuration writes them: a whole number and one of `B KiB MiB GiB`.
enum SizeText {
    /// What a text turned out to be.
    enum Reading: Hashable {
        case bytes(Int)
        /// A size, but negative or beyond `Int`.
        case beyondRange
        /// A number and nothing else.
        case noUnit
        case notASize
    }

    private static let units: [(name: Substring, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    /// Takes `text` apart in exact arithmetic.
    static func parse(_ text: String) -> Reading {
        let isNegative = text.hasPrefix("-")
        let body = isNegative ? text.dropFirst() : text[...]
        let digits = body.prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty else { return .notASize }
        let name = body[digits.endIndex...]
        guard !name.isEmpty else { return .noUnit }
        guard let unit = units.first(where: { $0.name == name }) else { return .notASize }
        guard let number = Int(digits), !isNegative else { return .beyondRange }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? .beyondRange : .bytes(bytes)
    }

    /// `bytes` in the largest unit that leaves no remainder.
    static func render(_ bytes: Int) -> String {
        for unit in units where bytes >= unit.bytes && bytes % unit.bytes == 0 {
            return "\(bytes / unit.bytes)\(unit.name)"
        }
        return "\(bytes)B"
    }
}
