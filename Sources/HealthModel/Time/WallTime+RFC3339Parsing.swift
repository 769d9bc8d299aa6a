// SPDX-License-Identifier: Apache-2.0

extension WallTime {
    /// Reads a time as RFC 3339 section 5.6 writes it, `2026-12-01T22:00:00+01:00`; seconds, and fractions of them, may be
    /// left out: `2026-12-01T22:00Z`.
    ///
    /// - Returns: nil for anything else, without an offset, and for years before 1970 or after 2261.
    package init?(rfc3339 text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"), let hour = reader.number(2),
            reader.take(":"), let minute = reader.number(2)
        else { return nil }
        var second: Int64 = 0
        var nanoseconds: Int64 = 0
        if reader.take(":") {
            guard let seconds = reader.number(2) else { return nil }
            second = seconds
            if reader.take(".") {
                guard let fraction = reader.fraction() else { return nil }
                nanoseconds = fraction
            }
        }
        guard let offset = reader.offset(), reader.rest.isEmpty else { return nil }
        guard (1_970...2_261).contains(year), let date = CivilDate(year: year, month: month, day: day) else {
            return nil
        }
        // A leap second counts as the last second of its minute, which the clock shows twice.
        guard hour <= 23, minute <= 59, second <= 60 else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + min(second, 59) - offset
        self.init(nanosecondsSinceEpoch: seconds * 1_000_000_000 + nanoseconds)
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(_ digits: Int) -> Int64? {
            let text = rest.prefix(digits)
            guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            return text.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        /// Nanoseconds of up to nine decimals.
        mutating func fraction() -> Int64? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count), var value = number(digits.count) else { return nil }
            for _ in digits.count..<9 { value *= 10 }
            return value
        }

        /// Seconds east of UTC.
        mutating func offset() -> Int64? {
            if take("Z") || take("z") { return 0 }
            let sign: Int64
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
            guard let hours = number(2), take(":"), let minutes = number(2), hours <= 23, minutes <= 59 else {
                return nil
            }
            return sign * (hours * 3_600 + minutes * 60)
        }
    }
}
