// SPDX-License-Identifier: Apache-2.0

/// The rule for all years to come of a zone: the POSIX TZ text at the end of a zone file (RFC 8536 section 3.3).
package struct YearlyRule: Hashable, Sendable {
    /// Seconds east of UTC outside daylight saving time.
    package let standard: Int64
    /// Daylight saving time; nil = there is none.
    package let daylight: Daylight?

    /// When daylight saving time holds, and its offset.
    package struct Daylight: Hashable, Sendable {
        package let offset: Int64
        package let start: Change
        package let end: Change

        package init(offset: Int64, start: Change, end: Change) {
            self.offset = offset
            self.start = start
            self.end = end
        }
    }

    /// A day of the year, and the time on the clock that is changed.
    package struct Change: Hashable, Sendable {
        package let day: Day
        /// Seconds after midnight; may be negative or longer than a day.
        package let time: Int64

        package init(day: Day, time: Int64) {
            self.day = day
            self.time = time
        }
    }

    /// A day of every year.
    package enum Day: Hashable, Sendable {
        /// `M3.5.0`: the so many-th, 5 = the last, of a day of the week (0 = Sunday) in a month.
        case weekday(month: Int64, week: Int64, day: Int64)
        /// `J60`: 1 to 365, without 29 February.
        case ofYearWithoutLeapDay(Int64)
        /// `59`: 0 to 365, with 29 February.
        case ofYear(Int64)
    }

    package init(standard: Int64, daylight: Daylight? = nil) {
        self.standard = standard
        self.daylight = daylight
    }

    /// The offset from UTC at a time in seconds since 1970.
    package func offset(at time: Int64) -> Int64 {
        guard let daylight else { return standard }
        let year = CivilDate(daysSinceEpoch: (time + standard).flooredQuotient(by: 86_400)).year
        let start = Self.local(daylight.start, in: year) - standard
        let end = Self.local(daylight.end, in: year) - daylight.offset
        let isDaylight = start < end ? start <= time && time < end : !(end <= time && time < start)
        return isDaylight ? daylight.offset : standard
    }

    /// When a clock shows the change, counted as if it were UTC.
    private static func local(_ change: Change, in year: Int64) -> Int64 {
        let newYear = days(year, 1, 1)
        let day: Int64
        switch change.day {
        case .ofYear(let number): day = newYear + number
        case .ofYearWithoutLeapDay(let number):
            day = newYear + number - 1 + (number >= 60 && CivilDate.isLeap(year) ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            let first = days(year, month, 1)
            let ahead = (weekday - CivilDate.weekday(daysSinceEpoch: first) + 7) % 7
            let length = CivilDate.length(ofMonth: month, year: year)
            var offset = ahead + (week - 1) * 7
            while offset >= length { offset -= 7 }
            day = first + offset
        }
        return day * 86_400 + change.time
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        guard let date = CivilDate(year: max(0, min(9_999, year)), month: month, day: day) else {
            preconditionFailure("no such day: \(year)-\(month)-\(day)")
        }
        return date.daysSinceEpoch
    }
}
