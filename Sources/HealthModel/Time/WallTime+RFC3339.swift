// SPDX-License-Identifier: Apache-2.0

extension WallTime {
    /// The time in UTC as RFC 3339 section 5.6 writes it, with milliseconds: `2026-11-21T03:49:10.042Z`.
    ///
    /// The calendar is the proleptic Gregorian one, by Howard Hinnant's days-to-civil algorithm.
    package var rfc3339: String {
        let milliseconds = nanosecondsSinceEpoch.flooredQuotient(by: 1_000_000)
        let seconds = milliseconds.flooredQuotient(by: 1_000)
        return "\(Self.dateAndTime(seconds)).\((milliseconds - seconds * 1_000).padded(to: 3))Z"
    }

    /// A time in UTC as RFC 3339 section 5.6 writes it, to the second: `2026-11-21T03:49:10Z`.
    ///
    /// For times beyond what ``WallTime`` holds (2262), such as the end of a certificate.
    package static func rfc3339(secondsSinceEpoch seconds: Int64) -> String {
        "\(dateAndTime(seconds))Z"
    }

    private static func dateAndTime(_ seconds: Int64) -> String {
        let days = seconds.flooredQuotient(by: 86_400)
        let (year, month, day) = civil(daysSinceEpoch: days)
        let secondOfDay = seconds - days * 86_400
        let date = "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
        let hour = (secondOfDay / 3_600).padded(to: 2)
        let minute = (secondOfDay / 60 % 60).padded(to: 2)
        let second = (secondOfDay % 60).padded(to: 2)
        return "\(date)T\(hour):\(minute):\(second)"
    }

    private static func civil(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    fileprivate func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
