// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The newest entries of one target; of too many, the oldest are gone.
struct HistoryRing {
    private var entries: [HistoryEntry] = []
    /// Where the oldest one stands, once the ring is full.
    private var start = 0
    /// How many entries are gone.
    private(set) var dropped: UInt64 = 0

    /// Keeps an entry, among at most `capacity`.
    ///
    /// A text that the newest entry has too is kept once for both.
    mutating func append(_ entry: HistoryEntry, capacity: Int) {
        var entry = entry
        if !entry.text.isEmpty, let newest = newest, newest.text == entry.text {
            entry = HistoryEntry(at: entry.at, text: newest.text, event: entry.event)
        }
        shrink(to: capacity)
        if entries.count < capacity {
            // A ring that turns does not grow in the middle.
            if start > 0 { straighten() }
            entries.append(entry)
        } else {
            entries[start] = entry
            start = (start + 1) % entries.count
            dropped += 1
        }
    }

    /// Lets go of the oldest entries beyond `capacity`.
    mutating func shrink(to capacity: Int) {
        guard entries.count > capacity else { return }
        straighten()
        dropped += UInt64(entries.count - capacity)
        entries = Array(entries.suffix(capacity))
    }

    /// The newest entries, at most `limit`, none older than `since`; oldest first.
    func entries(since: WallTime?, limit: Int) -> [HistoryEntry] {
        let all = entries[start...] + entries[..<start]
        let wanted = since.map { since in all.filter { $0.at >= since } } ?? Array(all)
        return Array(wanted.suffix(limit))
    }

    private var newest: HistoryEntry? {
        entries.isEmpty ? nil : entries[(start + entries.count - 1) % entries.count]
    }

    private mutating func straighten() {
        entries = Array(entries[start...] + entries[..<start])
        start = 0
    }
}
