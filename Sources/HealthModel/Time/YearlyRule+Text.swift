// SPDX-License-Identifier: Apache-2.0

extension YearlyRule {
    /// Reads a POSIX TZ text with the extension of RFC 8536 section 3.3.1: `CET-1CEST,M3.5.0,M10.5.0/3`.
    ///
    /// - Returns: nil for anything else; every number is bounded.
    package init?(text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard reader.name(), let standard = reader.offset() else { return nil }
        guard !reader.isAtEnd else {
            self.init(standard: standard)
            return
        }
        guard reader.name() else { return nil }
        var offset = standard + 3_600
        if !reader.isNext(",") {
            guard let written = reader.offset() else { return nil }
            offset = written
        }
        guard let start = reader.change(), let end = reader.change(), reader.isAtEnd else { return nil }
        self.init(standard: standard, daylight: Daylight(offset: offset, start: start, end: end))
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        var isAtEnd: Bool { rest.isEmpty }

        func isNext(_ character: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: character) }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard isNext(character) else { return false }
            rest.removeFirst()
            return true
        }

        /// A designation: at least three letters, or anything in `<>`.
        mutating func name() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[(end + 1)...]
                return true
            }
            let letters = rest.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        /// Seconds east of UTC; POSIX counts them to the west.
        mutating func offset() -> Int64? {
            clock(hours: 0...24).map { -$0 }
        }

        /// `,M3.5.0/2`.
        mutating func change() -> Change? {
            guard take(","), let day = day() else { return nil }
            guard take("/") else { return Change(day: day, time: 7_200) }
            return clock(hours: 0...167).map { Change(day: day, time: $0) }
        }

        private mutating func day() -> Day? {
            if take("M") {
                guard let month = number(1...12), take("."), let week = number(1...5), take("."),
                    let day = number(0...6)
                else { return nil }
                return .weekday(month: month, week: week, day: day)
            }
            if take("J") { return number(1...365).map { .ofYearWithoutLeapDay($0) } }
            return number(0...365).map { .ofYear($0) }
        }

        /// `-3:30:00` in seconds.
        private mutating func clock(hours: ClosedRange<Int64>) -> Int64? {
            let sign: Int64 = take("-") ? -1 : 1
            if sign == 1 { _ = take("+") }
            guard var seconds = number(hours).map({ $0 * 3_600 }) else { return nil }
            for unit in [60, 1] as [Int64] where isNext(":") {
                rest.removeFirst()
                guard let part = number(0...59) else { return nil }
                seconds += part * unit
            }
            return sign * seconds
        }

        private mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...3).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
            return range.contains(value) ? value : nil
        }
    }
}
