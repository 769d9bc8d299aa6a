// SPDX-License-Identifier: Apache-2.0

/// A planned time in which a target counts for nothing.
package enum MaintenanceWindow: Hashable, Sendable {
    /// From one time to another.
    case once(from: WallTime, to: WallTime, reason: String)
    /// Every week.
    case weekly(WeeklyWindow, reason: String)

    /// For people, one line.
    package var reason: String {
        switch self {
        case .once(_, _, let reason), .weekly(_, let reason): reason
        }
    }

    /// When it holds next, or holds already: the first time of it that is not over at `time`.
    package func next(at time: WallTime) -> (from: WallTime, to: WallTime)? {
        switch self {
        case .once(let from, let to, _): to > time && to > from ? (from, to) : nil
        case .weekly(let window, _): window.next(at: time)
        }
    }
}

/// A part of every week, on the clocks of a zone.
///
/// It covers every moment at which these clocks show a time in it. So an hour that they show twice is covered twice, with all
/// between, and one that they skip is left out.
package struct WeeklyWindow: Hashable, Sendable {
    /// The day on which it begins; 0 = Sunday.
    package let weekday: Int64
    /// Seconds after midnight, 0 to 86,399.
    package let start: Int64
    /// Seconds after midnight, 0 to 86,400; not later than the start = on the next day.
    package let end: Int64
    /// Whose clocks count.
    package let zone: ZoneRules

    package init(weekday: Int64, start: Int64, end: Int64, zone: ZoneRules) {
        precondition((0...6).contains(weekday), "no day of the week: \(weekday)")
        precondition((0..<86_400).contains(start) && (0...86_400).contains(end), "no times of a day: \(start), \(end)")
        self.weekday = weekday
        self.start = start
        self.end = end
        self.zone = zone
    }

    /// When it holds next, or holds already.
    func next(at time: WallTime) -> (from: WallTime, to: WallTime)? {
        let seconds = time.nanosecondsSinceEpoch.flooredQuotient(by: 1_000_000_000)
        let today = (seconds + zone.offset(at: seconds)).flooredQuotient(by: 86_400)
        let length = end > start ? end - start : end + 86_400 - start
        // Three weeks ahead: one whose clocks skip the whole window is passed over.
        for day in (today - 8)...(today + 21) where CivilDate.weekday(daysSinceEpoch: day) == weekday {
            let local = day * 86_400 + start
            let from = zone.times(ofLocal: local).first
            let to = zone.times(ofLocal: local + length).last
            guard to > from, to > seconds else { continue }
            return (WallTime(secondsSinceEpoch: from), WallTime(secondsSinceEpoch: to))
        }
        return nil
    }
}

extension WallTime {
    /// So many seconds after 1970-01-01T00:00:00Z, held at the ends of the range.
    package init(secondsSinceEpoch seconds: Int64) {
        self = WallTime(nanosecondsSinceEpoch: 0).advanced(by: .seconds(seconds))
    }
}
