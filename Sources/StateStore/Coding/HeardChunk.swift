// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// When 64 neighbouring targets last had a verdict, as one value of the database: about 8 bytes a target.
///
/// A verdict that says the same as the one before changes nothing but its time; written into the target's own row it would
/// rewrite the whole table every few seconds.
struct HeardChunk: Hashable {
    private static let version: UInt64 = 1

    /// When the chunk was written, by both clocks, in which boot of the machine.
    var stamp: SaveStamp
    /// In the order of the targets' places.
    var heard: [Heard] = []

    /// One target's last verdict.
    struct Heard: Hashable {
        /// The target's place in the chunk, 0 to 63.
        var place: UInt8
        /// How old it was.
        var age: Duration
        /// Its number.
        var sequence: UInt64
    }

    init(stamp: SaveStamp) {
        self.stamp = stamp
    }

    var bytes: [UInt8] {
        var writer = PackedWriter()
        writer.put(Self.version)
        writer.put(UInt64(bitPattern: stamp.wall.nanosecondsSinceEpoch))
        writer.put(UInt64(bitPattern: stamp.instant.nanoseconds))
        writer.put(stamp.boot)
        for heard in heard {
            writer.put(UInt64(heard.place))
            writer.put(UInt64(max(0, heard.age.inNanoseconds) / 1_000_000))
            writer.put(heard.sequence)
        }
        return writer.sealed()
    }

    /// Nil for bytes that are damaged or of a later version.
    init?(_ bytes: [UInt8]) {
        guard var reader = PackedReader(sealed: bytes), reader.number() == Self.version,
            let wall = reader.number(), let instant = reader.number(), let boot = reader.number()
        else { return nil }
        stamp = SaveStamp(
            wall: WallTime(nanosecondsSinceEpoch: Int64(bitPattern: wall)),
            instant: MonotonicInstant(nanoseconds: Int64(bitPattern: instant)),
            boot: boot
        )
        while !reader.isAtEnd {
            guard let place = reader.number(), place < UInt64(RollupChunk.width), let age = reader.number(),
                let sequence = reader.number()
            else { return nil }
            heard.append(Heard(place: UInt8(place), age: .milliseconds(Int64(clamping: age)), sequence: sequence))
        }
    }
}
