// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("Maintenance windows")
struct MaintenanceWindowTests {
    private static let berlin = ZoneRules(
        name: "Europe/Berlin",
        initialOffset: 3_600,
        yearly: YearlyRule(text: "CET-1CEST,M3.5.0,M10.5.0/3")
    )

    private static func time(_ text: String) throws -> WallTime {
        try #require(WallTime(rfc3339: text))
    }

    private static func hours(_ hours: Double) -> Int64 { Int64(hours * 3_600) }

    @Test(
        "a weekly window is on the clocks of its zone, over midnight and when they change",
        arguments: [
            // Winter and summer.
            (0, 2.0, 4.0, "2026-11-21T12:00Z", "2026-11-22T01:00Z", "2026-11-22T03:00Z"),
            (0, 2.0, 4.0, "2026-07-01T12:00Z", "2026-07-05T00:00Z", "2026-07-05T02:00Z"),
            // Already in it, and at its very end.
            (0, 2.0, 4.0, "2026-11-22T02:59:59Z", "2026-11-22T01:00Z", "2026-11-22T03:00Z"),
            (0, 2.0, 4.0, "2026-11-22T03:00Z", "2026-11-29T01:00Z", "2026-11-29T03:00Z"),
            // Over midnight, seen before and after it.
            (6, 23.0, 1.0, "2026-11-21T21:00Z", "2026-11-21T22:00Z", "2026-11-22T00:00Z"),
            (6, 23.0, 1.0, "2026-11-21T23:30Z", "2026-11-21T22:00Z", "2026-11-22T00:00Z"),
            // A whole day.
            (1, 0.0, 24.0, "2026-11-22T12:00Z", "2026-11-22T23:00Z", "2026-11-23T23:00Z"),
            // 2026-03-29: the clocks go from 02:00 to 03:00.
            (0, 2.0, 4.0, "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-29T02:00Z"),
            (0, 2.5, 4.0, "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-29T02:00Z"),
            (0, 1.0, 2.5, "2026-03-28T12:00Z", "2026-03-29T00:00Z", "2026-03-29T01:00Z"),
            // It would lie in the skipped hour, so the next week's is the next.
            (0, 2.25, 2.75, "2026-03-28T12:00Z", "2026-04-05T00:15Z", "2026-04-05T00:45Z"),
            // 2026-10-25: the clocks go from 03:00 back to 02:00.
            (0, 2.0, 4.0, "2026-10-24T12:00Z", "2026-10-25T00:00Z", "2026-10-25T03:00Z"),
            (0, 2.25, 2.5, "2026-10-24T12:00Z", "2026-10-25T00:15Z", "2026-10-25T01:30Z"),
        ] as [(Int64, Double, Double, String, String, String)]
    )
    func weekly(day: Int64, start: Double, end: Double, at: String, from: String, to: String) throws {
        let window = WeeklyWindow(
            weekday: day,
            start: Self.hours(start),
            end: Self.hours(end),
            zone: Self.berlin
        )
        let next = try #require(MaintenanceWindow.weekly(window, reason: "").next(at: try Self.time(at)))
        #expect(try next.from == Self.time(from))
        #expect(try next.to == Self.time(to))
    }

    @Test("every moment whose clock shows a time in a weekly window is covered", arguments: 0...6 as ClosedRange<Int64>)
    func everyMoment(day: Int64) throws {
        let window = WeeklyWindow(weekday: day, start: 3_600, end: 12_600, zone: Self.berlin)
        var wrong: [Int64] = []
        for time in stride(from: try Self.time("2026-01-01T00:00Z").seconds, to: 1_800_000_000, by: 900) {
            let local = time + Self.berlin.offset(at: time)
            let day64 = local.flooredQuotient(by: 86_400)
            let second = local - day64 * 86_400
            guard CivilDate.weekday(daysSinceEpoch: day64) == day, (3_600..<12_600).contains(second) else { continue }
            let next = MaintenanceWindow.weekly(window, reason: "").next(at: WallTime(secondsSinceEpoch: time))
            if next.map({ $0.from.seconds <= time && time < $0.to.seconds }) != true { wrong.append(time) }
        }
        #expect(wrong == [])
    }

    @Test("a single window is over at its end")
    func once() throws {
        let window = MaintenanceWindow.once(
            from: try Self.time("2026-12-01T22:00Z"),
            to: try Self.time("2026-12-02T02:00Z"),
            reason: "disks"
        )
        #expect(try window.next(at: Self.time("2026-01-01T00:00Z"))?.from == Self.time("2026-12-01T22:00Z"))
        #expect(try window.next(at: Self.time("2026-12-02T01:59:59Z")) != nil)
        #expect(try window.next(at: Self.time("2026-12-02T02:00Z")) == nil)
    }

    @Test(
        "times are read as RFC 3339 writes them, seconds may be left out",
        arguments: [
            ("2026-12-01T22:00Z", "2026-12-01T22:00:00.000Z"),
            ("2026-12-01T22:00:01+01:00", "2026-12-01T21:00:01.000Z"),
            ("2026-12-31t23:30-00:30", "2027-01-01T00:00:00.000Z"),
            ("2028-02-29T00:00:00.25z", "2028-02-29T00:00:00.250Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
        ]
    )
    func parsing(text: String, expected: String) throws {
        #expect(try Self.time(text).rfc3339 == expected)
    }

    @Test(
        "anything else is no time",
        arguments: [
            "", "2026-12-01", "2026-12-01T22:00", "2026-12-01 22:00Z", "2026-02-29T00:00Z", "2026-13-01T00:00Z",
            "2026-00-01T00:00Z", "2026-12-01T24:00Z", "2026-12-01T22:60Z", "2026-12-01T22:00:61Z",
            "2026-12-01T22:00:00.Z", "2026-12-01T22:00+0100", "2026-12-01T22:00Z ", "1969-12-31T23:59Z",
            "2262-01-01T00:00Z", "26-12-01T22:00Z",
        ]
    )
    func noTime(text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }

    @Test("of several, the maintenance that ends last is shown, one without an end above all")
    func longest() {
        let short = Maintenance(until: WallTime(secondsSinceEpoch: 10), reason: "short")
        let long = Maintenance(until: WallTime(secondsSinceEpoch: 20), reason: "long")
        let open = Maintenance(until: nil, reason: "open")
        #expect(Maintenance.longest([Maintenance]()) == nil)
        #expect(Maintenance.longest([short, long, short]) == long)
        #expect(Maintenance.longest([short, open, long]) == open)
        #expect(open.isOver(at: WallTime(nanosecondsSinceEpoch: .max)) == false)
        #expect(short.isOver(at: WallTime(secondsSinceEpoch: 10)))
    }

    @Test(
        "a yearly rule is read as RFC 8536 writes it",
        arguments: [
            ("EST5EDT,M3.2.0,M11.1.0", "2026-07-01T00:00Z", -14_400), ("UTC0", "2026-07-01T00:00Z", 0),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00Z", 39_600),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00Z", 0),
            ("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-07-01T00:00Z", -7_200),
            ("X1", "", 0), ("XXX", "", 0), ("EST5EDT", "", 0), ("EST5EDT,M3.2.0", "", 0),
            ("EST5EDT,M3.6.0,M11.1.0", "", 0), ("EST25", "", 0), ("EST5EDT,J0,J1", "", 0),
        ] as [(String, String, Int64)]
    )
    func yearly(text: String, at: String, offset: Int64) throws {
        let rule = YearlyRule(text: text)
        #expect((rule == nil) == at.isEmpty)
        guard let rule else { return }
        #expect(rule.offset(at: try Self.time(at).seconds) == offset)
    }
}

extension WallTime {
    fileprivate var seconds: Int64 { nanosecondsSinceEpoch.flooredQuotient(by: 1_000_000_000) }
}
