// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What became of every target lately.
///
/// All targets together remember about a million entries of 32 bytes, so 32 MiB at most besides their texts: one target at most
/// 256 entries (8 KiB), 50,000 targets 20 each (640 bytes). A ring takes memory as it fills. Texts are cut at 200 bytes, kept for
/// what did not pass only, and shared by neighbours that say the same.
struct HistoryBook {
    /// Entries of all targets.
    static let budget = 1_048_576
    /// Most entries of one target.
    static let maximumEntries = 256
    /// Fewest entries of one target, however many there are.
    static let minimumEntries = 8
    /// The longest text, in bytes.
    static let maximumTextBytes = 200

    private var rings: [HistoryRing] = []
    private(set) var capacity = HistoryBook.maximumEntries

    /// Shares the budget among so many targets.
    mutating func fit(targets: Int) {
        let share = Self.budget / max(1, targets)
        let capacity = min(Self.maximumEntries, max(Self.minimumEntries, share))
        if capacity < self.capacity {
            for index in rings.indices { rings[index].shrink(to: capacity) }
        }
        self.capacity = capacity
    }

    /// Remembers an outcome.
    mutating func note(_ outcome: Outcome, isCounted: Bool, of target: TargetID, at time: WallTime) {
        let event = HistoryEntry.Event.outcome(
            milliseconds: Float(outcome.duration.inSeconds * 1_000),
            verdict: outcome.verdict,
            reason: outcome.reason,
            counted: isCounted
        )
        let text = outcome.failure.map { Self.cut($0.summary) } ?? ""
        append(HistoryEntry(at: time, text: text, event: event), of: target)
    }

    /// Remembers a change.
    mutating func note(_ change: StatusChange, of target: TargetID, at time: WallTime) {
        let text = Self.cut(change.reason)
        if change.oldState != change.newState {
            append(
                HistoryEntry(at: time, text: text, event: .breaker(from: change.oldState, to: change.newState)),
                of: target
            )
        }
        if change.oldStatus != change.newStatus {
            append(
                HistoryEntry(at: time, text: text, event: .status(from: change.oldStatus, to: change.newStatus)),
                of: target
            )
        }
    }

    /// Forgets a target.
    mutating func forget(_ target: TargetID) {
        if target.index < rings.count { rings[target.index] = HistoryRing() }
    }

    /// What is remembered of a target.
    func history(of target: TargetID, name: TargetName, since: WallTime?, limit: Int) -> TargetHistory {
        guard target.index < rings.count else { return TargetHistory(target: name, entries: [], dropped: 0) }
        let ring = rings[target.index]
        return TargetHistory(target: name, entries: ring.entries(since: since, limit: limit), dropped: ring.dropped)
    }

    private mutating func append(_ entry: HistoryEntry, of target: TargetID) {
        while rings.count <= target.index { rings.append(HistoryRing()) }
        rings[target.index].append(entry, capacity: capacity)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maximumTextBytes else { return text }
        var used = 3
        return text.prefix { character in
            used += character.utf8.count
            return used <= maximumTextBytes
        } + "…"
    }
}
