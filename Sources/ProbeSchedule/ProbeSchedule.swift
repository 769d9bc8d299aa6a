// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// When each target is probed next.
///
/// * A target's slots lie on a grid of its own, see ``SlotGrid``; the grid's phase is a hash of the target's name, so targets
///   with the same interval are spread over it, in the same way after every restart.
/// * The first probe does not wait for the grid: targets added together start 1 ms apart, or at their phase where that is
///   earlier. The target then joins its grid, leaving out a slot closer than half an interval to the start before it.
/// * A target in flight is in no queue, so no probe overlaps itself. Slots that pass meanwhile are dropped: one run makes up for
///   all of them, and the grid goes on.
/// * After a stall (the machine slept, the loop was stopped) every target that was due is run once, spread over a second or
///   over its interval where that is shorter.
///
/// * Starts lie in bunches, the wider the fewer of them there are in a second, see ``BunchDistance``. Where targets that come or go
///   change that, every target moves to its new bunch after its next run.
///
/// Nothing here reads a clock or a random source: `now` and the seed are given. Operations are logarithmic in the number of
/// targets and allocate nothing once the tables have grown.
///
/// The `now` of successive calls must not go backwards; an earlier one does no harm but to the lateness that is reported.
package struct ProbeSchedule {
    /// Distance between the first starts of targets that are added together.
    package static let stagger = Duration.milliseconds(1)
    /// The time over which runs are spread after a stall, and the shortest standstill that is one.
    package static let stallWindow = Duration.seconds(1)
    private static let stallNanoseconds: Int64 = 1_000_000_000

    /// Shortest distance between two starts of a target that asks for a run before its turn.
    package static let shortestGap = Duration.milliseconds(100)

    private struct Entry {
        let hash: StableHash
        var timing: ProbeTiming
        var grid: SlotGrid
        /// When the last run started; nil before the first.
        var lastStart: MonotonicInstant?
        var isInFlight = false
        /// When the next run was first promised; its place in the queue may be later.
        var promised: MonotonicInstant

        mutating func start(at now: MonotonicInstant) {
            isInFlight = true
            lastStart = now
        }

        mutating func wait(until due: MonotonicInstant) {
            isInFlight = false
            promised = due
        }
    }

    private let origin: MonotonicInstant
    private let seed: UInt64
    private var entries: [Entry?] = []
    private var queue: DeadlineQueue
    private var bunches = BunchDistance()
    private var lastLook: MonotonicInstant
    /// Runs that were started and have not finished.
    package private(set) var inFlight = 0

    /// An empty schedule.
    ///
    /// - Parameters:
    ///   - origin: where the grid of every target begins, usually the start of the agent.
    ///   - seed: decides the jitter; the same seed gives the same starts.
    ///   - capacity: targets for which the tables are laid out in advance.
    package init(origin: MonotonicInstant, seed: UInt64, capacity: Int = 0) {
        self.origin = origin
        self.seed = seed
        lastLook = origin
        queue = DeadlineQueue(capacity: capacity)
        entries.reserveCapacity(capacity)
    }

    /// When the next target is due; nil while none waits.
    package var nextDue: MonotonicInstant? { queue.first?.deadline }

    /// Names targets that are due, at most `limit`, in no order.
    package func forEachDue(by now: MonotonicInstant, limit: Int, _ body: (TargetID) -> Void) {
        queue.forEachDue(by: now, limit: limit, body)
    }

    /// When `target` is due; nil while it is in flight and for a target that is not here.
    package func nextDue(of target: TargetID) -> MonotonicInstant? { queue[target] }

    /// Whether a run of `target` was started and has not finished.
    package func isInFlight(_ target: TargetID) -> Bool { entry(target)?.isInFlight ?? false }

    /// Takes a target in, to be probed for the first time after its initial delay.
    ///
    /// - Parameters:
    ///   - target: a place that no other target of the schedule has.
    ///   - name: the target's name, which decides its phase.
    ///   - timing: its interval, jitter and initial delay.
    ///   - rank: how many targets are added before it in the same batch, at least 0; each puts its start off by 1 ms.
    ///   - now: the present.
    package mutating func add(
        _ target: TargetID,
        name: TargetName,
        timing: ProbeTiming,
        rank: Int,
        now: MonotonicInstant
    ) {
        precondition(entry(target) == nil, "place \(target.index) is taken already")
        let hash = StableHash(name)
        recount { $0.add(timing) }
        let grid = grid(timing, hash)
        let wait = min(.nanoseconds(grid.phase), Self.stagger * rank)
        let due = now.advanced(by: max(.zero, timing.initialDelay)).advanced(by: wait)
        while entries.count <= target.index { entries.append(nil) }
        entries[target.index] = Entry(hash: hash, timing: timing, grid: grid, promised: due)
        queue.set(due, for: target)
    }

    /// Drops a target; a run that is in flight may still finish and is ignored.
    package mutating func remove(_ target: TargetID) {
        guard let entry = entry(target) else { return }
        if entry.isInFlight { inFlight -= 1 }
        entries[target.index] = nil
        queue.remove(target)
        recount { $0.remove(entry.timing) }
    }

    /// Gives a target another timing; the same timing changes nothing.
    ///
    /// The target moves to its new grid, counted from its last start. One that was never started keeps its first start, and
    /// one in flight uses the new timing when it finishes.
    package mutating func replace(_ target: TargetID, timing: ProbeTiming, now: MonotonicInstant) {
        guard var entry = entry(target), entry.timing != timing else { return }
        recount {
            $0.remove(entry.timing)
            $0.add(timing)
        }
        entry.timing = timing
        entry.grid = grid(timing, entry.hash)
        entries[target.index] = entry
        guard !entry.isInFlight, let lastStart = entry.lastStart else { return }
        enqueue(target, entry, wanted: entry.grid.due(afterStart: lastStart), now: now)
    }

    /// Starts the target that is due longest, if one is due.
    ///
    /// It is in flight until ``finish(_:next:now:)``, and counts as started at `now`.
    package mutating func popDue(now: MonotonicInstant) -> Tick? {
        spreadAfterStall(now: now)
        guard let first = queue.first, first.deadline <= now,
            let due = entries[first.target.index]?.promised
        else { return nil }
        return begin(first.target, due: due, now: now)
    }

    /// Starts a target now, whenever it is due; nil while it is in flight, and for a target that is not here.
    package mutating func start(_ target: TargetID, now: MonotonicInstant) -> Tick? {
        guard let entry = entry(target), !entry.isInFlight else { return nil }
        return begin(target, due: now, now: now)
    }

    /// Lets a target be due now, before its turn; its grid goes on as before.
    ///
    /// Not sooner than ``shortestGap`` after its last start, so that a target which asks all the time is probed no more often than
    /// any may be. Does nothing for one that is in flight, was never started, or is due sooner.
    package mutating func hurry(_ target: TargetID, now: MonotonicInstant) {
        guard let entry = entry(target), let lastStart = entry.lastStart, let due = queue[target] else { return }
        let soonest = max(now, lastStart.advanced(by: Self.shortestGap))
        guard soonest < due else { return }
        entries[target.index]?.promised = soonest
        queue.set(soonest, for: target)
    }

    /// Puts a target back into the queue after its run; does nothing for a target that is not in flight.
    package mutating func finish(_ target: TargetID, next: NextDue, now: MonotonicInstant) {
        guard let entry = entry(target), entry.isInFlight else { return }
        inFlight -= 1
        let slot = entry.grid.due(afterStart: entry.lastStart ?? now)
        let wanted =
            switch next {
            case .onInterval: slot
            case .onIntervalOrAt(let instant): min(slot, instant)
            case .at(let instant): instant
            case .after(let duration): now.advanced(by: duration)
            }
        enqueue(target, entry, wanted: wanted, now: now)
    }

    private func grid(_ timing: ProbeTiming, _ hash: StableHash) -> SlotGrid {
        SlotGrid(timing: timing, hash: hash, origin: origin, seed: seed, bunches: bunches)
    }

    /// Gives every target another grid where `change` puts the bunches further apart or closer; those that wait keep the start that
    /// they were promised.
    private mutating func recount(_ change: (inout BunchDistance) -> Void) {
        let before = bunches.current
        change(&bunches)
        guard bunches.current != before else { return }
        for index in entries.indices {
            guard let entry = entries[index] else { continue }
            let grid = grid(entry.timing, entry.hash)
            entries[index]?.grid = grid
        }
    }

    /// Takes a target out of the queue, as one whose run starts now.
    private mutating func begin(_ target: TargetID, due: MonotonicInstant, now: MonotonicInstant) -> Tick {
        queue.remove(target)
        entries[target.index]?.start(at: now)
        inFlight += 1
        return Tick(target: target, due: due, lateness: .nanoseconds(max(0, due.nanoseconds(to: now))))
    }

    /// Queues a target for `wanted`, or for now when that has passed; a little later when it has passed long ago, because then
    /// the loop stood still and many others come at the same time.
    private mutating func enqueue(_ target: TargetID, _ entry: Entry, wanted: MonotonicInstant, now: MonotonicInstant) {
        var due = wanted
        if wanted < now { due = isStall(entry, wanted: wanted, now: now) ? spread(entry, from: now) : now }
        entries[target.index]?.wait(until: due)
        queue.set(due, for: target)
    }

    /// Whether a run comes so long after it was wanted that the loop must have stood still.
    ///
    /// A run may last its interval, and jitter may have moved the slot that passed meanwhile well before the run's end.
    private func isStall(_ entry: Entry, wanted: MonotonicInstant, now: MonotonicInstant) -> Bool {
        guard wanted.duration(to: now) > Self.stallWindow else { return false }
        let mayRun = Duration.nanoseconds(entry.grid.interval) + Self.stallWindow
        return entry.lastStart.map { $0.duration(to: now) > mayRun } ?? true
    }

    /// Spreads everything that is due when nobody has looked for so long that it is a stall.
    ///
    /// A loop that looks often and still starts late is overloaded, not stalled: then the order of the queue is kept, so that
    /// nobody starves.
    private mutating func spreadAfterStall(now: MonotonicInstant) {
        let sinceLook = lastLook.nanoseconds(to: now)
        lastLook = .later(lastLook, now)
        guard sinceLook > Self.stallNanoseconds else { return }
        guard let earliest = queue.first?.deadline, earliest.duration(to: now) > Self.stallWindow else { return }
        while let first = queue.first, first.deadline <= now, let entry = entry(first.target) {
            let due = spread(entry, from: now)
            guard due > now else { return }
            queue.set(due, for: first.target)
        }
    }

    /// A point in the second, or the interval if shorter, that follows `now`; later than `now` unless time ends there.
    private func spread(_ entry: Entry, from now: MonotonicInstant) -> MonotonicInstant {
        let room = min(entry.grid.interval, Self.stallWindow.inNanoseconds)
        return now.advanced(by: .nanoseconds(1 + entry.hash.fraction(of: room)))
    }

    private func entry(_ target: TargetID) -> Entry? {
        target.index < entries.count ? entries[target.index] : nil
    }
}
