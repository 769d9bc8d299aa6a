// SPDX-License-Identifier: Apache-2.0

extension WallTime {
    /// The time in UTC as RFC 3339 section 5.6 writes it, with milliseconds: `2026-11-21T03:49:10.042Z`.
    ///
    /// The calendar is ``CivilDate``'s.
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
        let civil = CivilDate(daysSinceEpoch: days)
        let secondOfDay = seconds - days * 86_400
        let date = "\(civil.year.padded(to: 4))-\(civil.month.padded(to: 2))-\(civil.day.padded(to: 2))"
        let hour = (secondOfDay / 3_600).padded(to: 2)
        let minute = (secondOfDay / 60 % 60).padded(to: 2)
        let second = (secondOfDay % 60).padded(to: 2)
        return "\(date)T\(hour):\(minute):\(second)"
    }
}

extension Int64 {
    fileprivate func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
