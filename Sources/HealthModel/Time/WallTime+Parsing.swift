// SPDX-License-Identifier: Apache-2.0

extension WallTime {
    /// Reads a time as RFC 3339 section 5.6 writes it: `2026-11-21T03:49:10.042Z`, `2026-11-21T04:49:10+01:00`; nil for anything
    /// else; a year that cannot be held is the nearer end of the range.
    ///
    /// Fractions beyond nanoseconds are cut; second 60 is the first of the next minute.
    package init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 64 else { return nil }
        func number(_ range: Range<Int>, _ allowed: ClosedRange<Int64>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return allowed.contains(value) ? value : nil
        }
        func isMark(_ index: Int, _ marks: String) -> Bool { marks.utf8.contains(bytes[index]) }
        guard isMark(4, "-"), isMark(7, "-"), isMark(10, "Tt "), isMark(13, ":"), isMark(16, ":"),
            let year = number(0..<4, 0...9_999), let month = number(5..<7, 1...12),
            let day = number(8..<10, 1...Self.days(in: month, of: year)), let hour = number(11..<13, 0...23),
            let minute = number(14..<16, 0...59), let second = number(17..<19, 0...60)
        else { return nil }
        var index = 19
        var nanoseconds: Int64 = 0
        if isMark(index, ".") {
            var unit: Int64 = 100_000_000
            index += 1
            let start = index
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
                nanoseconds += Int64(bytes[index] - 0x30) * unit
                unit /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        guard index < bytes.count else { return nil }
        var offset: Int64 = 0
        if isMark(index, "Zz") {
            guard index + 1 == bytes.count else { return nil }
        } else {
            guard isMark(index, "+-"), index + 6 == bytes.count, isMark(index + 3, ":"),
                let hours = number(index + 1..<index + 3, 0...23), let minutes = number(index + 4..<index + 6, 0...59)
            else { return nil }
            offset = (hours * 60 + minutes) * (isMark(index, "+") ? 60 : -60)
        }
        guard (1_678...2_261).contains(year) else {
            self.init(nanosecondsSinceEpoch: year < 1_678 ? .min : .max)
            return
        }
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        self.init(nanosecondsSinceEpoch: seconds * 1_000_000_000 + nanoseconds)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Howard Hinnant's civil-to-days algorithm, for years after 0.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
