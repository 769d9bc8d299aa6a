// SPDX-License-Identifier: Apache-2.0

/// Reads the `Retry-After` field of HTTP (RFC 9110 section 10.2.3).
public enum RetryAfter {
    /// The longest wait that is believed: one day.
    ///
    /// A longer one is shortened to it.
    public static let maximum = Duration.seconds(86_400)

    /// The wait that a field asks for; nil when it is malformed, or a date without a clock to compare it with.
    ///
    /// - Parameters:
    ///   - field: seconds, such as `120`, or a date, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///   - wallClock: the time of day, for dates.
    /// - Returns: the wait, from zero to ``maximum``.
    public static func wait(_ field: some StringProtocol, wallClock: WallClock? = nil) -> Duration? {
        let text = String(field)
        if let first = text.utf8.first, (0x30...0x39).contains(first) {
            guard text.utf8.count <= 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int64(text).map { min(.seconds($0), maximum) }
        }
        guard let wallClock, let date = secondsSinceEpoch(text) else { return nil }
        return min(max(.seconds(date) - wallClock.now(), .zero), maximum)
    }

    /// Reads an IMF-fixdate, the one form of a date that may be sent (RFC 9110 section 5.6.7).
    private static func secondsSinceEpoch(_ text: String) -> Int64? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, words[5] == "GMT", words[0].hasSuffix(","), words[0].utf8.count == 4,
            let day = number(words[1], digits: 2), (1...31).contains(day),
            let month = months.firstIndex(of: String(words[2])),
            let year = number(words[3], digits: 4), year >= 1970
        else { return nil }
        let time = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3,
            let hour = number(time[0], digits: 2), hour < 24,
            let minute = number(time[1], digits: 2), minute < 60,
            let second = number(time[2], digits: 2), second <= 60
        else { return nil }
        return days(year: year, month: Int64(month) + 1, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// Days since 1970-01-01 in the Gregorian calendar; the year begins in March, so that leap days come last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func number(_ text: Substring, digits: Int) -> Int64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}
