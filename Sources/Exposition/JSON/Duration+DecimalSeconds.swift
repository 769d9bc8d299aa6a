// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension Duration {
    /// The duration as an exact decimal number of seconds, at most nine decimals: `0.0125`, `2`, `-1.5`.
    var decimalSeconds: String { decimal(unit: 1_000_000_000) }

    /// The duration as an exact decimal number of milliseconds, at most six decimals.
    var decimalMilliseconds: String { decimal(unit: 1_000_000) }

    private func decimal(unit: UInt64) -> String {
        let nanoseconds = inNanoseconds
        let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: unit)
        let sign = nanoseconds < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(whole)" }
        // A leading one keeps the zeros in front of the rest's digits.
        var digits = String(unit + rest).dropFirst()
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }
}
