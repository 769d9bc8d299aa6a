// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeSchedule
import Testing

@Suite("ProbeSchedule: a target that asks for a run")
struct ProbeScheduleHurryTests {
    private static let timing = ProbeTiming(interval: .seconds(10), jitter: 0, initialDelay: .zero)
    private static let target = TargetID(0)

    /// A schedule whose only target has run once, for 5 ms from the start.
    private static func started() throws -> ScheduleHarness {
        var harness = try ScheduleHarness([timing])
        _ = try harness.pop(at: instant(0))
        harness.schedule.finish(target, next: .onInterval, now: instant(5))
        return harness
    }

    @Test("it is due now, and its grid goes on as before")
    func now() throws {
        var harness = try Self.started()
        let turn = try #require(harness.schedule.nextDue(of: Self.target))
        harness.schedule.hurry(Self.target, now: instant(1_000))
        #expect(harness.schedule.nextDue(of: Self.target) == instant(1_000))
        let tick = try harness.pop(at: instant(1_000))
        #expect(tick.lateness == .zero)
        harness.schedule.finish(Self.target, next: .onInterval, now: instant(1_001))
        let next = try #require(harness.schedule.nextDue(of: Self.target))
        #expect(turn.duration(to: next).inNanoseconds % Duration.seconds(10).inNanoseconds == 0)
        #expect(next >= instant(6_000))
    }

    @Test("it is not due sooner than 100 ms after its last start, however often it asks")
    func gap() throws {
        var harness = try Self.started()
        for time in [Int64(6), 7, 50] {
            harness.schedule.hurry(Self.target, now: instant(time))
            #expect(harness.schedule.nextDue(of: Self.target) == instant(100))
        }
    }

    @Test("one that is due sooner, in flight, never started, or gone is left alone")
    func leftAlone() throws {
        var waiting = try ScheduleHarness([ProbeTiming(interval: .seconds(10), jitter: 0, initialDelay: .seconds(5))])
        let first = waiting.schedule.nextDue(of: Self.target)
        waiting.schedule.hurry(Self.target, now: instant(10))
        #expect(waiting.schedule.nextDue(of: Self.target) == first)
        var harness = try Self.started()
        let turn = try #require(harness.schedule.nextDue(of: Self.target))
        harness.schedule.hurry(Self.target, now: turn.advanced(by: .seconds(1)))
        #expect(harness.schedule.nextDue(of: Self.target) == turn)
        _ = try harness.pop(at: turn)
        harness.schedule.hurry(Self.target, now: turn)
        #expect(harness.schedule.nextDue(of: Self.target) == nil)
        harness.schedule.remove(Self.target)
        harness.schedule.hurry(Self.target, now: turn)
        #expect(harness.schedule.nextDue == nil)
    }
}
