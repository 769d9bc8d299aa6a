// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import StateStore
import Synchronization

/// A disk of a simulated machine: it keeps what was written to it, and fails while it is told to.
package final class SimulatedDisk: StateMedium {
    private struct Contents: Sendable {
        var targets: [TargetName: (saved: SavedTarget, stamp: SaveStamp)] = [:]
        var heard: [TargetName: StateBatch.Heard] = [:]
        var roster: Set<TargetName>?
        var changes: [SavedChange] = []
        var minutes: [Int64: [TargetName: RunRollup]] = [:]
        var failure: StateError?
        var batches = 0
    }

    private let contents = Mutex(Contents())

    package init() {}

    /// What every use fails with; nil while the disk works.
    package var failure: StateError? {
        get { contents.withLock { $0.failure } }
        set { contents.withLock { $0.failure = newValue } }
    }

    /// How many batches were written.
    package var batches: Int { contents.withLock { $0.batches } }

    /// All runs of a target that were written.
    package func runs(of target: TargetName) -> UInt32 {
        contents.withLock { $0.minutes.values.reduce(0) { $0 + ($1[target]?.runs ?? 0) } }
    }

    package func open(at now: SaveStamp) throws(StateError) -> any StateDatabase {
        if let failure { throw failure }
        return Database(disk: self)
    }

    package func setAside(at now: SaveStamp) throws(StateError) -> String {
        contents.withLock { $0 = Contents() }
        return "aside"
    }

    private final class Database: StateDatabase {
        private let disk: SimulatedDisk

        init(disk: SimulatedDisk) {
            self.disk = disk
        }

        func load(at now: SaveStamp) throws(StateError) -> SavedState {
            if let failure = disk.failure { throw failure }
            return disk.contents.withLock { contents in
                var state = SavedState()
                for (name, (saved, stamp)) in contents.targets where contents.roster?.contains(name) ?? true {
                    let elapsed = stamp.elapsed(at: now)
                    var found = RestorableTarget(saved: saved, elapsed: elapsed, verdictAge: nil)
                    if let elapsed { found.verdictAge = saved.verdictAge.map { $0 + elapsed } }
                    if let heard = contents.heard[name], heard.sequence > saved.sequence, stamp.boot == now.boot {
                        found.saved.sequence = heard.sequence
                        found.verdictAge = heard.instant.duration(to: now.instant)
                    }
                    state.targets[name] = found
                }
                return state
            }
        }

        func write(_ batch: StateBatch, at now: SaveStamp, isLast: Bool) throws(StateError) {
            if let failure = disk.failure { throw failure }
            disk.contents.withLock { contents in
                contents.batches += 1
                contents.roster = batch.roster ?? contents.roster
                for (name, saved) in batch.targets {
                    contents.targets[name] = (saved, now)
                    contents.heard[name] = nil
                }
                for entry in batch.heard { contents.heard[entry.name] = entry }
                contents.changes += batch.changes
                for (minute, rollups) in batch.minutes {
                    for entry in rollups {
                        contents.minutes[minute, default: [:]][entry.name, default: RunRollup()].merge(entry.rollup)
                    }
                }
            }
        }

        func tidy(at now: SaveStamp) throws(StateError) {
            if let failure = disk.failure { throw failure }
        }

        func history(
            of target: TargetName,
            by step: HistoryStep,
            since: WallTime,
            limit: Int
        ) throws(StateError) -> [HistorySpan] {
            guard step == .minute else { return [] }
            let minutes = disk.contents.withLock { $0.minutes }
            let spans = minutes.keys.sorted().compactMap { minute in
                minutes[minute]?[target].map { rollup in
                    HistorySpan(start: WallTime(nanosecondsSinceEpoch: minute * 60_000_000_000), rollup: rollup)
                }
            }
            return Array(spans.suffix(limit))
        }

        func changes(limit: Int) throws(StateError) -> [SavedChange] {
            disk.contents.withLock { Array($0.changes.suffix(limit)) }
        }

        func prove() throws(StateError) {}
    }
}

/// Keeps state without a thread: what the store's thread does is done at once, so that a run replays step for step.
package final class SimulatedKeeper: StateKeeper {
    private let writer: Mutex<StateWriter>
    private let now: @Sendable () -> SaveStamp

    /// What the run before has left.
    package let saved: SavedState?

    package init(disk: SimulatedDisk, now: @escaping @Sendable () -> SaveStamp) {
        self.now = now
        let writer = StateWriter(medium: disk)
        saved = writer.load(at: now())
        self.writer = Mutex(writer)
    }

    package func keep(_ batch: StateBatch) -> StateReply {
        writer.withLock { writer in
            writer.add(batch)
            _ = writer.step(at: now())
            return StateReply(problem: writer.problem, wantsEverything: writer.takeWish())
        }
    }

    package func history(
        of target: TargetName,
        by step: HistoryStep,
        since: WallTime,
        limit: Int,
        answer: @escaping @Sendable (Result<[HistorySpan], StateError>) -> Void
    ) {
        let spans = writer.withLock { writer in
            writer.ask(at: now()) { database throws(StateError) in
                try database.history(of: target, by: step, since: since, limit: limit)
            }
        }
        answer(spans.map { .success($0) } ?? .failure(StateError(.inUse, "the state database cannot be asked now")))
    }

    /// Ends well: everything is written.
    package func finish() {
        writer.withLock { _ = $0.finish(at: now()) }
    }
}
