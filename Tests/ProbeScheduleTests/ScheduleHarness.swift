// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeSchedule
import Testing

/// Milliseconds after the origin of the tests' clock, which is not zero so that nothing relies on it.
func instant(_ milliseconds: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: 5_000_000_000_000).advanced(by: .milliseconds(milliseconds))
}

/// Milliseconds from the origin of the tests' clock, the fraction included.
func milliseconds(_ instant: MonotonicInstant) -> Double {
    Double(instant.nanoseconds - 5_000_000_000_000) / 1_000_000
}

/// One start that the harness saw.
struct Start: Equatable {
    var target: Int
    var at: MonotonicInstant
    var lateness: Duration
}

/// A schedule, its clock, and probes that take a fixed time.
struct ScheduleHarness {
    var schedule: ProbeSchedule
    var now = instant(0)
    var starts: [Start] = []
    /// Ends of runs that are still going on.
    private var ends = DeadlineQueue()
    private let durations: [Int: Duration]

    init(
        _ timings: [ProbeTiming],
        names: [String]? = nil,
        seed: UInt64 = 1,
        durations: [Int: Duration] = [:]
    ) throws {
        self.durations = durations
        schedule = ProbeSchedule(origin: now, seed: seed, capacity: timings.count)
        for (index, timing) in timings.enumerated() {
            let name = try #require(TargetName(names?[index] ?? "target-\(index)"))
            schedule.add(TargetID(index), name: name, timing: timing, rank: index, now: now)
        }
    }

    /// Lets time go on until `end`, waking at every due instant and every end of a run.
    mutating func run(until end: MonotonicInstant) {
        while true {
            let due = schedule.nextDue ?? end
            let next = min(max(now, due), ends.first?.deadline ?? end, end)
            now = max(now, next)
            settle()
            if now >= end { return }
        }
    }

    /// Stops the world until `instant`, then looks once.
    mutating func stall(until instant: MonotonicInstant) {
        now = instant
        settle()
    }

    /// Takes the one target that is due at `instant`.
    mutating func pop(at instant: MonotonicInstant) throws -> Tick {
        let tick = schedule.popDue(now: instant)
        return try #require(tick)
    }

    /// The starts of one target.
    func starts(of target: Int) -> [Start] {
        starts.filter { $0.target == target }
    }

    private mutating func settle() {
        while let end = ends.first, end.deadline <= now {
            ends.remove(end.target)
            schedule.finish(end.target, next: .onInterval, now: now)
        }
        while let tick = schedule.popDue(now: now) {
            starts.append(Start(target: tick.target.index, at: now, lateness: tick.lateness))
            ends.set(now.advanced(by: durations[tick.target.index] ?? .milliseconds(1)), for: tick.target)
        }
    }
}
