// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension HotPath {
    /// One of 2,000 targets from due to its status: schedule, breaker, assessment.
    static let pipeline = HotPath(name: "pipeline") {
        var targets = BusyTargets()
        return { operations in targets.run(operations) }
    }

    /// A snapshot of 2,000 targets of which one has been probed since the last, which is still held.
    static let snapshot = HotPath(name: "snapshot") {
        var targets = BusyTargets()
        var last = targets.snapshot()
        return { operations in
            for _ in 0..<operations {
                targets.run(1)
                let next = targets.snapshot()
                precondition(next.sequence > last.sequence, "the same snapshot again")
                last = next
            }
        }
    }
}

/// 2,000 targets that pass, each probed once a second.
private struct BusyTargets: ~Copyable {
    private static let count = 2_000
    private static let wall = WallTime(nanosecondsSinceEpoch: 1_795_230_000_000_000_000)
    private var pipeline: HealthPipeline
    private var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    private var waiting: [ProbeStart] = []

    init() {
        pipeline = HealthPipeline(
            specs: (0..<Self.count).compactMap(Self.spec),
            settings: AgentSettings(),
            name: "edge-1",
            version: "1.0",
            seed: 1,
            at: Moment(instant: now, wall: Self.wall)
        )
        // Long enough for every target to have left its first run behind and to lie on its grid.
        run(2 * Self.count)
    }

    private static func spec(_ number: Int) -> ProbeSpec? {
        TargetName("target-\(number)").map { name in
            ProbeSpec(
                name: name,
                probe: .tcp(TCPProbe(address: HostPort(ipv4: (192, 0, 2, 1), port: 80))),
                interval: .seconds(1),
                timeout: .milliseconds(500),
                jitter: 0
            )
        }
    }

    private var moment: Moment {
        Moment(instant: now, wall: Self.wall.advanced(by: .nanoseconds(now.nanoseconds)))
    }

    mutating func snapshot() -> HealthSnapshot { pipeline.snapshot(at: moment) }

    /// Lets so many runs start and pass.
    mutating func run(_ operations: Int) {
        var left = operations
        while left > 0 {
            guard let start = waiting.popLast() else {
                now = now.advanced(by: .microseconds(500))
                waiting = pipeline.takeDue(at: moment, limit: 8)
                continue
            }
            left -= 1
            let outcome = Outcome(verdict: .healthy, layer: .l4OK, startedAt: now, duration: .milliseconds(1))
            precondition(pipeline.finish(start.run, outcome: outcome, at: moment), "nobody waits for the run")
        }
    }
}
