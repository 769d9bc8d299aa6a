// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeSchedule
import Testing

@Suite("ProbeSchedule: starts in bunches")
struct ProbeScheduleBunchTests {
    @Test(
        "the more starts a second, the closer the bunches, so that forty at most share a wake-up",
        arguments: [
            // Targets, interval, milliseconds between two bunches.
            (3, 10_000, 50.0), (6_000, 10_000, 50), (10_000, 10_000, 20), (2_000, 500, 10), (5_000, 1_000, 4),
            (20_000, 1_000, 2),
        ]
    )
    func distance(targets: Int, interval: Int, distance: Double) throws {
        // Three intervals: of the first starts, of those that join the grid, and one that counts.
        let harness = try harness(targets, ProbeTiming(interval: .milliseconds(interval)), run: 3 * interval)
        let offsets = offsets(harness, interval: interval)
        #expect(offsets.allSatisfy { $0.truncatingRemainder(dividingBy: distance) == 0 })
        #expect(offsets.contains { $0.truncatingRemainder(dividingBy: 2 * distance) != 0 })
    }

    @Test("an interval has fifty bunches at least, however short", arguments: [(250, 4.0), (100, 2), (50, 1)])
    func shortIntervals(interval: Int, distance: Double) throws {
        let harness = try harness(20, ProbeTiming(interval: .milliseconds(interval)), run: 3 * interval)
        #expect(offsets(harness, interval: interval).allSatisfy { $0.truncatingRemainder(dividingBy: distance) == 0 })
    }

    @Test("jitter moves starts from bunch to bunch, and bunches are so close that it has nine to choose from")
    func jitter() throws {
        let timing = ProbeTiming(interval: .seconds(1), jitter: 0.1)
        let harness = try harness(20, timing, run: 200_000)
        for target in 0..<20 {
            let seen = Set(offsets(harness, target: target, interval: 1_000))
            #expect(seen.allSatisfy { $0.truncatingRemainder(dividingBy: 10) == 0 })
            #expect(seen.count >= 9)
        }
    }

    @Test("jitter that is less than the least distance of bunches leaves starts where they are")
    func littleJitter() throws {
        let harness = try harness(20, ProbeTiming(interval: .seconds(1), jitter: 0.003), run: 20_000)
        for target in 0..<20 { #expect(Set(offsets(harness, target: target, interval: 1_000)).count == 1) }
    }

    @Test("targets that come bring the bunches closer for all, and those that go take them apart again")
    func comingAndGoing() throws {
        let timing = ProbeTiming(interval: .seconds(2))
        var harness = try harness(100, timing, run: 6_000)
        let before = offsets(harness, interval: 2_000)
        for index in 100..<8_000 {
            let name = try #require(TargetName("target-\(index)"))
            harness.schedule.add(TargetID(index), name: name, timing: timing, rank: 0, now: harness.now)
        }
        harness.starts = []
        harness.run(until: instant(14_000))
        let between = offsets(harness, interval: 2_000)
        #expect(between.contains { $0.truncatingRemainder(dividingBy: 20) != 0 })
        for index in 100..<8_000 { harness.schedule.remove(TargetID(index)) }
        harness.starts = []
        harness.run(until: instant(22_000))
        #expect(Set(offsets(harness, interval: 2_000)) == Set(before))
    }

    @Test("a target that changes its interval takes the bunches of all others with it")
    func replacing() throws {
        var harness = try harness(100, ProbeTiming(interval: .seconds(2)), run: 6_000)
        let short = ProbeTiming(interval: .milliseconds(10))
        for index in 1..<100 { harness.schedule.replace(TargetID(index), timing: short, now: harness.now) }
        harness.starts = []
        harness.run(until: instant(12_000))
        let alone = try self.harness(1, ProbeTiming(interval: .seconds(2)), run: 12_000)
        let moved = try #require(harness.starts(of: 0).last)
        let still = try #require(alone.starts.last)
        #expect(milliseconds(moved.at) - milliseconds(still.at) < 40 && moved.at > still.at)
    }

    private func harness(_ targets: Int, _ timing: ProbeTiming, run duration: Int) throws -> ScheduleHarness {
        var harness = try ScheduleHarness(Array(repeating: timing, count: targets))
        harness.run(until: instant(Int64(duration)))
        return harness
    }

    /// Where within the interval the targets, or one of them, started, but for their first starts, which are not on the grid.
    private func offsets(_ harness: ScheduleHarness, target: Int? = nil, interval: Int) -> [Double] {
        var seen: Set<Int> = []
        return harness.starts.filter { !seen.insert($0.target).inserted && (target ?? $0.target) == $0.target }
            .map { milliseconds($0.at).truncatingRemainder(dividingBy: Double(interval)) }
    }
}
