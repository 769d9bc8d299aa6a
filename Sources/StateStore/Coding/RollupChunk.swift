// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What the runs of 64 neighbouring targets within one minute or hour added up to, as one value of the database: about 14 bytes
/// a target.
///
/// One row a target and minute would cost ten times as much, in bytes and in writes.
struct RollupChunk: Hashable {
    /// How many targets share a chunk.
    static let width: Int64 = 64
    private static let version: UInt64 = 1

    /// By the target's place in the chunk, 0 to 63.
    var rollups: [UInt8: RunRollup] = [:]

    /// Adds another chunk of the same targets.
    mutating func merge(_ other: RollupChunk) {
        if rollups.isEmpty {
            // So it is with all but the second part of a minute.
            rollups = other.rollups
            return
        }
        for (place, rollup) in other.rollups { rollups[place, default: RunRollup()].merge(rollup) }
    }

    var bytes: [UInt8] {
        var writer = PackedWriter()
        writer.put(Self.version)
        for (place, rollup) in rollups.sorted(by: { $0.key < $1.key }) {
            writer.put(UInt64(place))
            Self.write(rollup, &writer)
        }
        return writer.sealed()
    }

    init() {}

    /// Nil for bytes that are damaged or of a later version.
    init?(_ bytes: [UInt8]) {
        guard var reader = PackedReader(sealed: bytes), reader.number() == Self.version else { return nil }
        while !reader.isAtEnd {
            guard let place = reader.number(), place < UInt64(Self.width), let rollup = Self.read(&reader) else {
                return nil
            }
            rollups[UInt8(place)] = rollup
        }
    }

    private static func write(_ rollup: RunRollup, _ writer: inout PackedWriter) {
        writer.put(UInt64(rollup.runs))
        let rare = [rollup.degraded, rollup.unhealthy, rollup.unknown]
        var mask: UInt64 = rollup.reasons.isEmpty ? 0 : 8
        for (bit, count) in rare.enumerated() where count > 0 { mask |= 1 << UInt64(bit) }
        writer.put(mask)
        for count in rare where count > 0 { writer.put(UInt64(count)) }
        if !rollup.reasons.isEmpty {
            writer.put(UInt64(rollup.reasons.count))
            for entry in rollup.reasons {
                writer.put(entry.reason.rawValue)
                writer.put(UInt64(entry.count))
            }
        }
        writer.put(rollup.shortestMicroseconds)
        writer.put(rollup.longestMicroseconds - rollup.shortestMicroseconds)
        writer.put(rollup.totalMicroseconds)
        var used: UInt64 = 0
        for index in rollup.buckets.indices where rollup.buckets[index] > 0 { used |= 1 << UInt64(index) }
        writer.put(used)
        for index in rollup.buckets.indices where rollup.buckets[index] > 0 {
            writer.put(UInt64(rollup.buckets[index]))
        }
    }

    private static func read(_ reader: inout PackedReader) -> RunRollup? {
        var rollup = RunRollup()
        guard let runs = reader.count(), let mask = reader.number(), mask < 16 else { return nil }
        rollup.runs = runs
        if mask & 1 != 0 { guard let count = reader.count() else { return nil }; rollup.degraded = count }
        if mask & 2 != 0 { guard let count = reader.count() else { return nil }; rollup.unhealthy = count }
        if mask & 4 != 0 { guard let count = reader.count() else { return nil }; rollup.unknown = count }
        if mask & 8 != 0 {
            guard let entries = reader.count() else { return nil }
            for _ in 0..<entries {
                guard let word = reader.text(), let count = reader.count() else { return nil }
                // A word of a later version is left out.
                guard let reason = FailureReason(rawValue: word) else { continue }
                rollup.reasons.append(RunRollup.ReasonCount(reason: reason, count: count))
            }
        }
        guard let shortest = reader.number(), let spread = reader.number(), let total = reader.number() else {
            return nil
        }
        let (longest, overflow) = shortest.addingReportingOverflow(spread)
        guard !overflow, let used = reader.number(), used < 1 << 16 else { return nil }
        rollup.shortestMicroseconds = shortest
        rollup.longestMicroseconds = longest
        rollup.totalMicroseconds = total
        for index in rollup.buckets.indices where used & 1 << UInt64(index) != 0 {
            guard let count = reader.count() else { return nil }
            rollup.buckets[index] = count
        }
        return rollup
    }
}
