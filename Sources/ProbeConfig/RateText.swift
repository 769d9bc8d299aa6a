// SPDX-License-Identifier: Apache-2.0

/// Rates as the configuration writes them: `50%` or `0.5`.
enum RateText {
    /// The rate as a share, at least 0, unbounded above; nil when `text` is none.
    static func parse(_ text: String) -> Double? {
        guard text.hasSuffix("%") else { return DecimalText.parse(text) }
        return DecimalText.parse(text.dropLast()).map { $0 / 100 }
    }

    /// `rate` in percent.
    static func render(_ rate: Double) -> String {
        DecimalText.render(rate * 100) + "%"
    }
}
