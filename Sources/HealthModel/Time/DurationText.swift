// SPDX-License-Identifier: Apache-2.0

/// Durations as the configuration writes them: a number, at most three decimals, and one of `ms s m h d`.
package enum DurationText {
    /// What a text turned out to be.
    package enum Reading: Hashable {
        case duration(Duration)
        /// A duration, but negative or longer than 292 years.
        case beyondRange
        /// A number and nothing else.
        case noUnit
        case notADuration
    }

    private static let nanosecondsPerUnit: [Substring: Int64] = [
        "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000, "d": 86_400_000_000_000,
    ]

    /// Takes `text` apart in exact arithmetic.
    package static func parse(_ text: String) -> Reading {
        let isNegative = text.hasPrefix("-")
        let body = isNegative ? text.dropFirst() : text[...]
        let unitStart = body.firstIndex { !("0"..."9").contains($0) && $0 != "." } ?? body.endIndex
        let parts = body[..<unitStart].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.contains(".") }) else { return .notADuration }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.count <= 3 else { return .notADuration }
        guard unitStart < body.endIndex else { return .noUnit }
        guard let unit = nanosecondsPerUnit[body[unitStart...]] else { return .notADuration }
        guard let whole = Int64(parts[0]) else { return .beyondRange }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        let fraction = (Int64(decimals) ?? 0) * unit / [1, 10, 100, 1_000][decimals.count]
        let (sum, sumOverflow) = product.addingReportingOverflow(fraction)
        guard !overflow, !sumOverflow, !isNegative || sum == 0 else { return .beyondRange }
        return .duration(.nanoseconds(sum))
    }

    /// A duration in a message; zero is `0s`.
    package static func render(_ duration: Duration) -> String {
        duration == .zero ? "0s" : duration.readable
    }

    /// A bound in a message: what is shown is never less than `duration`.
    package static func atMost(_ duration: Duration) -> String {
        let total = duration.inNanoseconds
        let unit: Int64 =
            switch total {
            case ..<1_000_000_000: 100_000
            case ..<60_000_000_000: 10_000_000
            case ..<3_600_000_000_000: 1_000_000_000
            case ..<86_400_000_000_000: 60_000_000_000
            default: 3_600_000_000_000
            }
        let missing = (unit - total % unit) % unit
        let (sum, overflow) = total.addingReportingOverflow(missing)
        return render(.nanoseconds(overflow ? total : sum))
    }
}
