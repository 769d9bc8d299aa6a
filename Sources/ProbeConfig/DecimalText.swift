// SPDX-License-Identifier: Apache-2.0

/// Numbers with decimals as the configuration writes them: digits, at most one point, no sign, no exponent.
enum DecimalText {
    /// The number, or nil when `text` is none.
    static func parse(_ text: some StringProtocol) -> Double? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard (1...30).contains(text.utf8.count) else { return nil }
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
        return Double(String(text))
    }

    /// `1 to 100`, whole bounds without their decimals.
    static func render(_ range: ClosedRange<Double>) -> String {
        "\(render(range.lowerBound)) to \(render(range.upperBound))"
    }

    /// `value` without superfluous decimals.
    static func render(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
