// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension SavedMaintenance {
    private static let version: UInt64 = 1

    /// The window as one value of the database, with the stamp of its saving.
    func bytes(stamp: SaveStamp) -> [UInt8] {
        var writer = PackedWriter()
        writer.put(Self.version)
        for number in [stamp.wall.nanosecondsSinceEpoch, stamp.instant.nanoseconds, since.nanosecondsSinceEpoch] {
            writer.put(UInt64(bitPattern: number))
        }
        writer.put(stamp.boot)
        writer.put(UInt64(max(0, remaining.inNanoseconds)))
        writer.put(by)
        writer.put(reason.map { "1\($0)" } ?? "0")
        writer.put(UInt64(targets.count))
        for target in targets { writer.put(target.text) }
        writer.put(UInt64(groups.count))
        for group in groups { writer.put(group) }
        writer.put(UInt64(tags.count))
        for (key, value) in tags.sorted(by: { $0.key < $1.key }) {
            writer.put(key)
            writer.put(value)
        }
        return writer.sealed()
    }

    /// Reads a window with what is left of it at `now`; nil for bytes that are damaged or of a later version.
    ///
    /// Where no clock can tell how much time has passed, none has: targets rather stay out of the aggregate for too long than
    /// turn it red in the middle of the work.
    init?(_ bytes: [UInt8], now: SaveStamp) {
        guard var reader = PackedReader(sealed: bytes), reader.number() == Self.version,
            let wall = reader.number(), let instant = reader.number(), let since = reader.number(),
            let boot = reader.number(), let remaining = reader.number(),
            let by = reader.text(), let reason = reader.text()
        else { return nil }
        let stamp = SaveStamp(
            wall: WallTime(nanosecondsSinceEpoch: Int64(bitPattern: wall)),
            instant: MonotonicInstant(nanoseconds: Int64(bitPattern: instant)),
            boot: boot
        )
        self.init(
            since: WallTime(nanosecondsSinceEpoch: Int64(bitPattern: since)),
            remaining: .nanoseconds(Int64(clamping: remaining)) - (stamp.elapsed(at: now) ?? .zero),
            reason: reason.hasPrefix("1") ? String(reason.dropFirst()) : nil,
            by: by
        )
        guard let targets = Self.texts(&reader), let groups = Self.texts(&reader), let tagCount = reader.count() else {
            return nil
        }
        self.targets = targets.compactMap { TargetName($0) }
        self.groups = groups
        for _ in 0..<tagCount {
            guard let key = reader.text(), let value = reader.text() else { return nil }
            tags[key] = value
        }
    }

    private static func texts(_ reader: inout PackedReader) -> [String]? {
        guard let count = reader.count() else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = reader.text() else { return nil }
            texts.append(text)
        }
        return texts
    }
}
