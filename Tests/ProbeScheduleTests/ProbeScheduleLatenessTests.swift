// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeSchedule
import Testing

@Suite("ProbeSchedule: late runs, stalls and other waits")
struct ProbeScheduleLatenessTests {
    @Test("a probe that outlasts its slots is followed by one run at once, then by the grid")
    func overrun() throws {
        var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(1))])
        let first = try harness.pop(at: instant(0))
        #expect(harness.schedule.nextDue == nil)
        harness.schedule.finish(first.target, next: .onInterval, now: instant(1_900))
        #expect(harness.schedule.nextDue == instant(1_900))
        let second = try harness.pop(at: instant(1_900))
        #expect(second.lateness == .zero)
        harness.schedule.finish(second.target, next: .onInterval, now: instant(1_901))
        let third = try #require(harness.schedule.nextDue)
        #expect(third >= instant(2_400) && third < instant(3_400))
    }

    @Test("a probe that lasts its interval is followed at once, however far jitter moved the slot that passed")
    func hangingWithJitter() throws {
        let timing = ProbeTiming(interval: .seconds(10), jitter: 0.5)
        for seed in 0..<20 as Range<UInt64> {
            var harness = try ScheduleHarness([timing], seed: seed, durations: [0: .seconds(10)])
            harness.run(until: instant(300_000))
            let starts = harness.starts(of: 0).map(\.at)
            // A slot later than the end is waited for: at most the whole of the jitter.
            let gaps = zip(starts.dropFirst(), starts.dropFirst(2)).map { $0.duration(to: $1) }
            #expect(gaps.allSatisfy { $0 <= .seconds(15) }, "\(gaps)")
            #expect(starts.count >= 29, "\(starts.count)")
        }
    }

    @Test("P3: a fifth of the targets hanging for their whole interval delays no other by a nanosecond")
    func hangingTargetsDelayNobody() throws {
        let timings = Array(repeating: ProbeTiming(interval: .seconds(1), jitter: 0.1), count: 1_000)
        let everyFifth = stride(from: 0, to: 1_000, by: 5)
        let hanging = Dictionary(uniqueKeysWithValues: everyFifth.map { ($0, Duration.seconds(1)) })
        var quiet = try ScheduleHarness(timings)
        var busy = try ScheduleHarness(timings, durations: hanging)
        quiet.run(until: instant(10_000))
        busy.run(until: instant(10_000))
        #expect(busy.starts.filter { $0.target % 5 != 0 } == quiet.starts.filter { $0.target % 5 != 0 })
        #expect(busy.starts.allSatisfy { $0.lateness == .zero })
        #expect(busy.starts(of: 0).count >= 8)
    }

    @Test("K2: after ten minutes of suspend each target is run once, spread over a second, then the grid goes on")
    func suspend() throws {
        let count = 1_000
        let timings = Array(repeating: ProbeTiming(interval: .seconds(10), jitter: 0.1), count: count)
        var reference = try ScheduleHarness(timings)
        var harness = try ScheduleHarness(timings)
        reference.run(until: instant(700_000))
        // Between two bunches, when nothing is in flight.
        harness.run(until: instant(25_003))
        let before = harness.starts.count
        harness.stall(until: instant(625_000))
        #expect(harness.starts.count == before)
        harness.run(until: instant(626_001))
        let makeUp = harness.starts[before...]
        #expect(makeUp.count == count)
        #expect(Set(makeUp.map(\.target)).count == count)
        let perTenth = Dictionary(grouping: makeUp) { Int(milliseconds($0.at) - 625_000) / 100 }.mapValues(\.count)
        #expect(perTenth.values.allSatisfy { $0 < 200 }, "starts per 100 ms: \(perTenth)")
        #expect(makeUp.allSatisfy { $0.lateness >= .seconds(589) && $0.lateness <= .seconds(602) })
        harness.run(until: instant(700_000))
        let common = instant(650_000)
        #expect(harness.starts.filter { $0.at > common } == reference.starts.filter { $0.at > common })
    }

    @Test("a probe in flight over a suspend is followed by one run within a second")
    func suspendInFlight() throws {
        var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(10))])
        let tick = try harness.pop(at: instant(0))
        harness.schedule.finish(tick.target, next: .onInterval, now: instant(600_000))
        let due = try #require(harness.schedule.nextDue)
        #expect(due > instant(600_000) && due <= instant(601_001))
    }

    @Test("a short interval is caught up within itself")
    func shortIntervalAfterStall() throws {
        let timings = Array(repeating: ProbeTiming(interval: .milliseconds(100)), count: 50)
        var harness = try ScheduleHarness(timings)
        harness.run(until: instant(1_000))
        let before = harness.starts.count
        harness.stall(until: instant(61_000))
        harness.run(until: instant(61_101))
        #expect(Set(harness.starts[before...].map(\.target)).count == 50)
        let firstRuns = harness.starts[before...].prefix(50)
        #expect(Set(firstRuns.map(\.target)).count == 50)
    }

    @Test("a loop that is late but keeps looking runs the targets in the order they were due")
    func overloadKeepsOrder() throws {
        var harness = try ScheduleHarness(Array(repeating: ProbeTiming(interval: .seconds(60)), count: 40))
        var order: [Int] = []
        for step in 0..<40 {
            let tick = try harness.pop(at: instant(Int64(step) * 500))
            order.append(tick.target.index)
        }
        #expect(order == Array(0..<40))
    }

    @Test("lateness counts from the due instant")
    func lateness() throws {
        var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(10), initialDelay: .seconds(2))])
        let tick = try harness.pop(at: instant(2_030))
        #expect(tick.due == instant(2_000))
        #expect(tick.lateness == .milliseconds(30))
    }

    @Test(
        "a run may ask for another wait than the interval",
        arguments: zip(
            [NextDue.at(instant(7_000)), .at(instant(-5)), .after(.seconds(1)), .onIntervalOrAt(instant(400))],
            [instant(7_000), instant(10), instant(1_010), instant(400)]
        )
    )
    func otherWaits(next: NextDue, expected: MonotonicInstant) throws {
        var harness = try ScheduleHarness([ProbeTiming(interval: .seconds(10))])
        let tick = try harness.pop(at: instant(0))
        harness.schedule.finish(tick.target, next: next, now: instant(10))
        #expect(harness.schedule.nextDue == expected)
    }

    @Test("the grid goes on after another wait")
    func gridAfterOtherWait() throws {
        let timing = ProbeTiming(interval: .seconds(1))
        var reference = try ScheduleHarness([timing])
        reference.run(until: instant(20_000))
        var harness = try ScheduleHarness([timing])
        let tick = try harness.pop(at: instant(0))
        harness.schedule.finish(tick.target, next: .at(instant(7_777)), now: instant(10))
        harness.run(until: instant(20_000))
        #expect(harness.starts.first?.at == instant(7_777))
        let common = instant(9_300)
        #expect(harness.starts.map(\.at).filter { $0 > common } == reference.starts.map(\.at).filter { $0 > common })
    }

    @Test(
        "K6: no interval, delay or instant overflows",
        arguments: [Duration.nanoseconds(1), .seconds(604_800), .seconds(Int64.max / 2), .seconds(Int64.max)]
    )
    func hugeValues(duration: Duration) throws {
        let timing = ProbeTiming(interval: duration, jitter: 0.5, initialDelay: duration)
        let last = MonotonicInstant(nanoseconds: .max)
        let name = try #require(TargetName("edge"))
        for origin in [MonotonicInstant(nanoseconds: .min), MonotonicInstant(nanoseconds: 0), last] {
            var schedule = ProbeSchedule(origin: origin, seed: 3)
            schedule.add(TargetID(0), name: name, timing: timing, rank: 0, now: origin)
            let due = try #require(schedule.nextDue)
            #expect(due >= origin)
            var tick = schedule.popDue(now: due)
            #expect(tick != nil)
            for next in [NextDue.onInterval, .after(duration), .at(last), .onIntervalOrAt(last)] {
                schedule.finish(TargetID(0), next: next, now: due)
                #expect(try #require(schedule.nextDue) >= due)
                tick = schedule.popDue(now: last)
                #expect(tick != nil)
            }
        }
    }
}
