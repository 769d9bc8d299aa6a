// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// Frees the snapshots that were replaced, bit by bit.
///
/// To free one takes a millisecond or more for each thousand targets. At once, that would hold up every request meanwhile, and where
/// there is one processor the probes, too. Confined to the server's event loop.
final class SnapshotDisposal {
    /// Between two bits.
    private static let pause = TimeAmount.milliseconds(1)
    /// The part of what waits that one bit is, so that more targets take hardly longer: 50,000 a third of a second.
    private static let part = 100
    /// The least that are worth a bit: so few are freed at once.
    static let fewest = 64

    private let eventLoop: any EventLoop
    /// The targets of the snapshots that wait.
    private var waiting: [[TargetHealth]] = []
    private var isScheduled = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// How many targets wait to be freed.
    var count: Int { waiting.reduce(0) { $0 + $1.count } }

    /// Takes over a snapshot that nobody needs any more; the caller must let go of it, or nothing is saved.
    ///
    /// - Parameters:
    ///   - snapshot: the old one.
    ///   - successor: the one that has replaced it. Where both show the very same targets, there is nothing to free.
    func free(_ snapshot: consuming HealthSnapshot, replacedBy successor: HealthSnapshot) {
        guard snapshot.targets.count > Self.fewest, snapshot.targetsSince != successor.targetsSince else { return }
        waiting.append(snapshot.targets)
        schedule()
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        let share = max(Self.fewest, count / Self.part)
        eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isScheduled = false
            self.drop(share)
            if !self.waiting.isEmpty { self.schedule() }
        }
    }

    private func drop(_ share: Int) {
        var left = share
        while left > 0, let last = waiting.indices.last {
            let count = min(left, waiting[last].count)
            waiting[last].removeLast(count)
            if waiting[last].isEmpty { waiting.removeLast() }
            left -= count
        }
    }
}
