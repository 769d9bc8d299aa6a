// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What the server answers from: the newest snapshot and the agent's life; confined to the server's event loop.
final class ServedState {
    let heartbeat: Heartbeat
    let livenessBound: Duration
    let clock: @Sendable () -> MonotonicInstant
    let wallClock: @Sendable () -> WallTime
    /// Tells of the agent itself; may be called on any thread.
    let facts: @Sendable () -> AgentFacts
    /// What the server has answered and refused so far; set by who counts it.
    var counters: () -> ServerCounters = { ServerCounters() }

    /// The newest snapshot; before the first, one that says starting and nothing else.
    private(set) var snapshot: HealthSnapshot
    /// When the agent began to drain; nil while it does not.
    private(set) var drainingSince: WallTime?
    /// Grows whenever anything above changes, so that what was rendered can be recognised as old.
    private(set) var generation: UInt64 = 0
    /// Whether a snapshot was ever published.
    private var isPublished = false

    init(
        configuration: HealthServerConfiguration,
        heartbeat: Heartbeat,
        clock: @escaping @Sendable () -> MonotonicInstant,
        wallClock: @escaping @Sendable () -> WallTime,
        facts: @escaping @Sendable () -> AgentFacts = { AgentFacts() }
    ) {
        self.heartbeat = heartbeat
        self.clock = clock
        self.wallClock = wallClock
        self.facts = facts
        livenessBound = configuration.livenessBound
        snapshot = Self.beforeTheFirst(configuration, now: clock(), wallTime: wallClock())
    }

    /// Whether the probe loop gave a sign of life within the bound before `now`.
    func isAlive(at now: MonotonicInstant) -> Bool {
        heartbeat.last.duration(to: now) <= livenessBound
    }

    /// Takes a snapshot over, unless it is older than the one it has.
    ///
    /// - Returns: the one that nobody is answered from any more.
    @discardableResult
    func publish(_ newer: HealthSnapshot) -> HealthSnapshot {
        guard !isPublished || newer.sequence >= snapshot.sequence else { return newer }
        let older = exchange(&snapshot, with: newer)
        isPublished = true
        generation += 1
        return older
    }

    /// From now on everything answers as draining.
    func drain() {
        guard drainingSince == nil else { return }
        drainingSince = wallClock()
        generation += 1
    }

    private static func beforeTheFirst(
        _ configuration: HealthServerConfiguration,
        now: MonotonicInstant,
        wallTime: WallTime
    ) -> HealthSnapshot {
        HealthSnapshot(
            sequence: 0,
            takenAt: now,
            takenAtWallTime: wallTime,
            aggregate: AggregateHealth(
                status: .starting,
                since: wallTime,
                why: "the agent is starting",
                change: "the first verdicts"
            ),
            targets: [],
            agent: AgentHealth(
                name: configuration.agentName,
                version: configuration.agentVersion,
                startedAt: wallTime
            ),
            freshUntil: .never
        )
    }
}
