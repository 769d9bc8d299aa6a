// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import StateStore

@Suite("History")
struct HistoryTests {
    private let directory = TemporaryDirectory()
    /// The minute of `stamp(0)`, which is also the first of an hour.
    private let first: Int64 = 30_000_000

    private func minutes(_ minutes: [Int64: [String: RunRollup]]) -> StateBatch {
        var batch = StateBatch()
        for (minute, rollups) in minutes {
            batch.minutes[minute] = rollups.map { .init(target($0), $1) }
        }
        return batch
    }

    private func database(_ limits: StateLimits = StateLimits(), targets: Int = 3) throws -> any StateDatabase {
        let database = try directory.medium(limits).open(at: stamp(0))
        var all = StateBatch()
        for index in 0..<targets { all.targets[target("t\(index)")] = saved("t\(index)") }
        try database.write(all, at: stamp(0), isLast: false)
        return database
    }

    @Test("a minute that is written twice adds up, as before and after a restart")
    func merge() throws {
        let database = try database()
        try database.write(minutes([first: ["t0": rollup(10), "t1": rollup(20)]]), at: stamp(1), isLast: false)
        try database.write(minutes([first: ["t0": rollup(30, .status)]]), at: stamp(2), isLast: false)
        let spans = try database.history(of: target("t0"), by: .minute, since: stamp(-60).wall, limit: 10)
        var sum = rollup(10)
        sum.merge(rollup(30, .status))
        #expect(spans == [HistorySpan(start: stamp(0).wall, rollup: sum)])
        #expect(sum.runs == 2 && sum.unhealthy == 1 && sum.averageMicroseconds == 20_000)
        #expect(try database.history(of: target("t1"), by: .minute, since: stamp(-60).wall, limit: 10).count == 1)
        #expect(try database.history(of: target("t2"), by: .minute, since: stamp(-60).wall, limit: 10) == [])
        #expect(try database.history(of: target("unknown"), by: .minute, since: stamp(-60).wall, limit: 10) == [])
    }

    @Test("history is kept for each of many targets apart")
    func manyTargets() throws {
        let database = try database(targets: 200)
        let all = Dictionary(uniqueKeysWithValues: (0..<200).map { ("t\($0)", rollup($0 + 1)) })
        try database.write(minutes([first: all]), at: stamp(1), isLast: false)
        for index in [0, 1, 63, 64, 127, 199] {
            let spans = try database.history(of: target("t\(index)"), by: .minute, since: stamp(0).wall, limit: 10)
            #expect(spans.map(\.rollup) == [rollup(index + 1)])
        }
    }

    @Test("an hour that is over is the sum of its minutes, late ones included")
    func hours() throws {
        let database = try database()
        for minute in [0, 1, 59, 60] as [Int64] {
            try database.write(
                minutes([first + minute: ["t0": rollup(Int(minute) + 1)]]),
                at: stamp(Double(minute) * 60),
                isLast: false
            )
        }
        try database.tidy(at: stamp(3_600))
        #expect(try database.history(of: target("t0"), by: .hour, since: stamp(0).wall, limit: 10) == [])
        try database.tidy(at: stamp(3_600 + 301))
        try database.tidy(at: stamp(3_600 + 302))
        var sum = rollup(1)
        sum.merge(rollup(2))
        sum.merge(rollup(60))
        let hours = try database.history(of: target("t0"), by: .hour, since: stamp(0).wall, limit: 10)
        #expect(hours == [HistorySpan(start: stamp(0).wall, rollup: sum)])
        try database.write(minutes([first + 3: ["t0": rollup(500, .dns)]]), at: stamp(4_000), isLast: false)
        sum.merge(rollup(500, .dns))
        #expect(
            try database.history(of: target("t0"), by: .hour, since: stamp(0).wall, limit: 10).map(\.rollup) == [sum]
        )
    }

    @Test("minutes are kept for a day and hours for a month, whatever the clock said in between")
    func retention() throws {
        var limits = StateLimits()
        limits.removedAtOnce = 50
        let database = try database(limits)
        for hour in 0..<30 as Range<Int64> {
            let minute = first + hour * 60
            try database.write(
                minutes(Dictionary(uniqueKeysWithValues: (0..<60).map { (minute + $0, ["t0": rollup(5)]) })),
                at: stamp(Double(hour) * 3_600),
                isLast: false
            )
        }
        // The clock is a year ahead for a moment: a little is lost, not all.
        try database.tidy(at: stamp(0, wallShift: 365 * 86_400))
        let since = stamp(0).wall
        #expect(try database.history(of: target("t0"), by: .minute, since: since, limit: 10_000).count > 1_000)
        for minute in 0..<60 { try database.tidy(at: stamp(30 * 3_600 + Double(minute) * 60)) }
        let kept = try database.history(of: target("t0"), by: .minute, since: since, limit: 10_000)
        #expect((23 * 60...24 * 60).contains(kept.count), "\(kept.count) minutes")
        #expect(try database.history(of: target("t0"), by: .hour, since: since, limit: 10_000).count == 30)
        try database.tidy(at: stamp(29 * 86_400))
        #expect(try database.history(of: target("t0"), by: .hour, since: since, limit: 10_000).count == 30)
        try database.tidy(at: stamp(40 * 86_400))
        let left = try database.history(of: target("t0"), by: .hour, since: since, limit: 10_000)
        #expect(left.map { ($0.start.nanosecondsSinceEpoch / 1_000_000_000 - 1_800_000_000) / 3_600 } == [])
    }

    @Test("a database that grows towards its bound gives history up, oldest first, and keeps the verdicts")
    func bounded() throws {
        var limits = StateLimits()
        limits.maximumBytes = 150 * SQLiteDatabase.pageSize
        let database = try database(limits, targets: 320)
        let all = Dictionary(uniqueKeysWithValues: (0..<320).map { ("t\($0)", rollup($0 % 90 + 1, .connectTimeout)) })
        for minute in 0..<80 as Range<Int64> {
            try database.write(minutes([first + minute: all]), at: stamp(Double(minute) * 60), isLast: false)
            try database.tidy(at: stamp(Double(minute) * 60))
        }
        let spans = try database.history(of: target("t7"), by: .minute, since: stamp(0).wall, limit: 10_000)
        #expect(spans.last?.start == stamp(79 * 60).wall)
        #expect((10..<80).contains(spans.count), "\(spans.count) minutes")
        #expect(try database.load(at: stamp(80 * 60)).targets.count == 320)
        #expect(directory.read("state.db").count <= Int(limits.maximumBytes))
    }
}
