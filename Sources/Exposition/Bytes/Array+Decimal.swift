// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Appends a whole number in decimal digits.
    mutating func append(decimal value: UInt64) {
        guard value >= 10 else { return append(UInt8(ascii: "0") + UInt8(value)) }
        let start = count
        var rest = value
        while rest > 0 {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }

    /// Appends a whole number in decimal digits, with its sign when it is negative.
    mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    /// Appends `nanoseconds` as an exact decimal number of units of so many nanoseconds each, a power of ten: `0.0125`,
    /// `2`, `-1.5`.
    mutating func append(nanoseconds: Int64, unit: UInt64) {
        if nanoseconds < 0 { append(UInt8(ascii: "-")) }
        let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: unit)
        append(decimal: whole)
        guard rest > 0 else { return }
        let point = count
        // A leading one keeps the zeros in front of the rest's digits; the point then takes its place.
        append(decimal: unit + rest)
        self[point] = UInt8(ascii: ".")
        while last == UInt8(ascii: "0") { removeLast() }
    }
}
