// SPDX-License-Identifier: Apache-2.0

extension WallTime {
    /// Reads a time as RFC 3339 section 5.6 writes it, `2026-12-01T22:00:00+01:00`; seconds, and fractions of them, may be
    /// left out: `2026-12-01T22:00Z`.
    ///
    /// - Returns: nil for anything else, and without an offset; a year that cannot be held (before 1678, after 2261) is the nearer
    ///   end of the range.
    package init?(rfc3339 text: some StringProtocol) {
        guard text.utf8.count <= 64 else { return nil }
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
        // A leap second counts as the last second of its minute, which the clock shows twice.
        guard let date = CivilDate(year: year, month: month, day: day), hour <= 23, minute <= 59, second <= 60 else {
            return nil
        }
        guard (1_678...2_261).contains(year) else {
            self.init(nanosecondsSinceEpoch: year < 1_678 ? .min : .max)
            return
        }
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

        /// Nanoseconds; what is finer is cut.
        mutating func fraction() -> Int64? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            let kept = min(9, digits.count)
            guard kept > 0, var value = number(kept) else { return nil }
            rest = rest.dropFirst(digits.count - kept)
            for _ in kept..<9 { value *= 10 }
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
