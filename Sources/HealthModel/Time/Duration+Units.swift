// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// The whole duration in nanoseconds, held at the ends of `Int64` (292 years).
    package var inNanoseconds: Int64 {
        // The usual case: within 9 seconds the attoseconds fit into a word, which is many times as fast as what divides 128 bits.
        if let word = Int64(exactly: self.attoseconds) { return word / 1_000_000_000 }
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !sumOverflow else { return seconds < 0 ? .min : .max }
        return sum
    }

    /// The duration in seconds, as precise as a `Double` is.
    package var inSeconds: Double {
        Double(inNanoseconds) / 1_000_000_000
    }

    /// The duration as the configuration writes it and as messages show it: `250ms`, `1.5s`, `2m`, `1h 5m`.
    ///
    /// Below a second in milliseconds with at most one decimal (three below 0.1 ms), below a minute in seconds with at most
    /// two, above in the two largest units; always cut, never rounded up. Golden tests hold the form: it appears in
    /// explanations and diagnostics.
    package var readable: String {
        let total = inNanoseconds
        guard total > -1_000 else { return "-" + Duration.nanoseconds(total == .min ? .max : -total).readable }
        guard total >= 1_000 else { return "0ms" }
        guard total >= 100_000 else { return Self.decimal(total, unit: 1_000_000, decimals: 3) + "ms" }
        guard total >= 1_000_000_000 else { return Self.decimal(total, unit: 1_000_000, decimals: 1) + "ms" }
        guard total >= 60_000_000_000 else { return Self.decimal(total, unit: 1_000_000_000, decimals: 2) + "s" }
        let seconds = total / 1_000_000_000
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"),
        ]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0s" }
        return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    private static func decimal(_ value: Int64, unit: Int64, decimals: Int) -> String {
        let scale: Int64 = [1, 10, 100, 1_000][decimals]
        let scaled = value / (unit / scale)
        let fraction = scaled % scale
        guard fraction > 0 else { return String(scaled / scale) }
        var digits = String(fraction)
        digits = String(repeating: "0", count: decimals - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(scaled / scale).\(digits)"
    }
}
