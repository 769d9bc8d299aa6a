// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeSchedule
import Testing

@Suite("ProbeSchedule: the first probe and the grid")
struct ProbeScheduleTests {
    @Test("targets added together start 1 ms apart, however long their interval is")
    func firstProbesAreStaggered() throws {
        var harness = try ScheduleHarness(Array(repeating: ProbeTiming(interval: .seconds(3600)), count: 20))
        harness.run(until: instant(100))
        #expect(harness.starts.map(\.at) == (0..<20).map { instant($0) })
        #expect(harness.starts.map(\.target) == Array(0..<20))
    }

    @Test("the first probe waits for the initial delay")
    func initialDelay() throws {
        var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(10), initialDelay: .seconds(3))])
        #expect(harness.schedule.nextDue == instant(3_000))
        harness.run(until: instant(3_100))
        #expect(harness.starts.map(\.at) == [instant(3_000)])
    }

    @Test("a thousand targets with a short interval are spread over the interval from the first round on")
    func firstRoundStaysWithinInterval() throws {
        var harness = try ScheduleHarness(Array(repeating: ProbeTiming(interval: .milliseconds(200)), count: 1_000))
        harness.run(until: instant(200))
        #expect(Set(harness.starts.map(\.target)).count == 1_000)
    }

    @Test("K4: a thousand targets with the same interval are spread evenly over it, in the same way after a restart")
    func phaseSpread() throws {
        let timings = Array(repeating: ProbeTiming(interval: .seconds(10)), count: 1_000)
        var first = try ScheduleHarness(timings, seed: 1)
        first.run(until: instant(40_000))
        var counts = Array(repeating: 0, count: 100)
        for start in first.starts where start.at >= instant(20_000) && start.at < instant(30_000) {
            counts[Int(milliseconds(start.at) - 20_000) / 100] += 1
        }
        #expect(counts.reduce(0, +) == 1_000)
        #expect(counts.allSatisfy { (1...30).contains($0) }, "starts per 100 ms: \(counts)")
        var second = try ScheduleHarness(timings, seed: 99)
        second.run(until: instant(40_000))
        #expect(first.starts == second.starts)
    }

    @Test("after its first probe a target is started once an interval, never closer than half of it")
    func joinsGrid() throws {
        var harness = try ScheduleHarness(Array(repeating: ProbeTiming(interval: .seconds(1)), count: 50))
        harness.run(until: instant(10_500))
        for target in 0..<50 {
            let gaps = zip(harness.starts(of: target), harness.starts(of: target).dropFirst())
                .map { $0.at.duration(to: $1.at) }
            let first = try #require(gaps.first)
            #expect(first >= .milliseconds(500) && first < .milliseconds(1_500))
            #expect(gaps.dropFirst().allSatisfy { $0 == .seconds(1) })
        }
    }

    @Test("jitter moves every start by at most half of its share and never adds up", arguments: [0.1, 0.5])
    func jitterStaysAroundSlot(jitter: Double) throws {
        var plain = try ScheduleHarness([ProbeTiming(interval: .seconds(10))])
        var moved = try ScheduleHarness([ProbeTiming(interval: .seconds(10), jitter: jitter)])
        plain.run(until: instant(10_007_000))
        moved.run(until: instant(10_007_000))
        let offsets = zip(plain.starts.dropFirst(), moved.starts.dropFirst())
            .map { milliseconds($1.at) - milliseconds($0.at) }
        #expect(offsets.count >= 999)
        let reach = jitter * 5_000
        #expect(offsets.allSatisfy { abs($0) <= reach })
        #expect(offsets.contains { $0 < -0.9 * reach } && offsets.contains { $0 > 0.9 * reach })
        #expect(abs(offsets.reduce(0, +) / Double(offsets.count)) < reach / 10)
    }

    @Test("jitter comes from the seed: the same seed repeats it, another does not")
    func jitterFollowsSeed() throws {
        func starts(seed: UInt64) throws -> [Start] {
            var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(1), jitter: 0.2)], seed: seed)
            harness.run(until: instant(20_000))
            return harness.starts
        }
        #expect(try starts(seed: 7) == starts(seed: 7))
        #expect(try starts(seed: 7) != starts(seed: 8))
    }

    @Test("a target added later is probed at once and keeps the phase it would always have had")
    func addedLater() throws {
        let timing = ProbeTiming(interval: .seconds(1))
        var early = try ScheduleHarness([timing], names: ["checkout"])
        early.run(until: instant(10_000))
        var late = try ScheduleHarness([])
        late.now = instant(4_321)
        let name = try #require(TargetName("checkout"))
        late.schedule.add(TargetID(0), name: name, timing: timing, rank: 0, now: late.now)
        late.run(until: instant(10_000))
        #expect(late.starts.first?.at == instant(4_321))
        let common = instant(6_000)
        #expect(late.starts.map(\.at).filter { $0 > common } == early.starts.map(\.at).filter { $0 > common })
    }

    @Test("a removed target is not probed again, and its place can be taken")
    func removal() throws {
        var harness = try ScheduleHarness(Array(repeating: ProbeTiming(interval: .seconds(1)), count: 2))
        harness.run(until: instant(3_000))
        harness.schedule.remove(TargetID(0))
        let seen = harness.starts(of: 0).count
        harness.run(until: instant(6_000))
        #expect(harness.starts(of: 0).count == seen)
        let name = try #require(TargetName("another"))
        let timing = ProbeTiming(interval: .seconds(1))
        harness.schedule.add(TargetID(0), name: name, timing: timing, rank: 0, now: harness.now)
        harness.run(until: instant(6_100))
        #expect(harness.starts(of: 0).count == seen + 1)
    }

    @Test("a target that is removed in flight leaves nothing behind when its run ends")
    func removalInFlight() throws {
        var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(1))])
        let tick = try harness.pop(at: harness.now)
        #expect(harness.schedule.inFlight == 1)
        harness.schedule.remove(tick.target)
        harness.schedule.finish(tick.target, next: .onInterval, now: harness.now)
        #expect(harness.schedule.inFlight == 0)
        #expect(harness.schedule.nextDue == nil)
    }

    @Test("the same timing changes nothing, another moves the target to its new grid")
    func replacement() throws {
        var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(60))])
        harness.run(until: instant(100))
        let before = harness.schedule.nextDue
        harness.schedule.replace(TargetID(0), timing: ProbeTiming(interval: .seconds(60)), now: harness.now)
        #expect(harness.schedule.nextDue == before)
        harness.schedule.replace(TargetID(0), timing: ProbeTiming(interval: .seconds(1)), now: harness.now)
        let after = try #require(harness.schedule.nextDue)
        #expect(after >= instant(500) && after < instant(1_500))
    }

    @Test("a new timing reaches a target in flight when its run ends")
    func replacementInFlight() throws {
        var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(60))])
        let tick = try harness.pop(at: instant(0))
        harness.schedule.replace(tick.target, timing: ProbeTiming(interval: .seconds(1)), now: instant(10))
        #expect(harness.schedule.nextDue == nil)
        harness.schedule.finish(tick.target, next: .onInterval, now: instant(20))
        let due = try #require(harness.schedule.nextDue)
        #expect(due >= instant(500) && due < instant(1_500))
    }
}
