// SPDX-License-Identifier: Apache-2.0

/// Entries by key, never more than the capacity.
///
/// They live in slots that a hand goes round: the second-chance ("clock") approximation of least recently used. The owner says
/// which entries can be forgotten; one insertion looks at a bounded number of slots.
struct BoundedRegistry<Key: Hashable & Sendable, Entry: Sendable>: Sendable {
    let capacity: Int
    private var positions: [Key: Int] = [:]
    private var slots: [Slot] = []
    private var hand = 0

    private struct Slot: Sendable {
        var key: Key
        var entry: Entry
        var wasUsed: Bool
    }

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many slots one insertion looks at before it gives up.
    private var sweepLimit: Int { 64 }

    var count: Int { slots.count }

    var keys: [Key] { slots.map(\.key) }

    var entries: [Entry] { slots.map(\.entry) }

    /// The entry of `key`, without counting as use.
    func entry(_ key: Key) -> Entry? {
        positions[key].map { slots[$0].entry }
    }

    /// The entry of `key`, which counts as use.
    mutating func use(_ key: Key) -> Entry? {
        update(key) { $0 }
    }

    /// Changes the entry of `key` in place, which counts as use; nil when there is none.
    mutating func update<Result>(_ key: Key, _ body: (inout Entry) -> Result) -> Result? {
        guard let position = positions[key] else { return nil }
        slots[position].wasUsed = true
        return body(&slots[position].entry)
    }

    /// Keeps `entry` under a new key.
    ///
    /// - Parameters:
    ///   - entry: the entry.
    ///   - key: a key that has no entry.
    ///   - canForget: whether an entry may be evicted; asked about at most 64 of them.
    ///   - didForget: given the key of the entry that was evicted.
    /// - Returns: false when the registry is full and nothing could be evicted.
    mutating func insert(
        _ entry: Entry,
        for key: Key,
        canForget: (inout Entry) -> Bool,
        didForget: (Key) -> Void = { _ in }
    ) -> Bool {
        precondition(positions[key] == nil, "\(key) has an entry already")
        if slots.count < capacity {
            positions[key] = slots.count
            slots.append(Slot(key: key, entry: entry, wasUsed: true))
            return true
        }
        guard let position = evict(canForget) else { return false }
        didForget(slots[position].key)
        positions[key] = position
        slots[position] = Slot(key: key, entry: entry, wasUsed: true)
        return true
    }

    mutating func remove(_ key: Key) -> Entry? {
        guard let position = positions.removeValue(forKey: key) else { return nil }
        slots.swapAt(position, slots.count - 1)
        let removed = slots.removeLast().entry
        if position < slots.count { positions[slots[position].key] = position }
        if hand >= slots.count { hand = 0 }
        return removed
    }

    /// Prefers an entry that was not used since the hand last passed; otherwise the first one that can be forgotten at all.
    private mutating func evict(_ canForget: (inout Entry) -> Bool) -> Int? {
        var fallback: Int?
        for _ in 0..<min(slots.count, sweepLimit) {
            let position = hand
            hand = hand + 1 == slots.count ? 0 : hand + 1
            let wasUsed = slots[position].wasUsed
            slots[position].wasUsed = false
            if wasUsed && fallback != nil { continue }
            guard canForget(&slots[position].entry) else { continue }
            guard wasUsed else {
                positions[slots[position].key] = nil
                return position
            }
            fallback = position
        }
        if let fallback { positions[slots[fallback].key] = nil }
        return fallback
    }
}
