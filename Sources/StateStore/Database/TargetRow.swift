// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A target as a row of the database: its columns in order, with a checksum over them.
struct TargetRow {
    /// Texts are cut at so many bytes.
    static let longestText = 1_000

    var saved: SavedTarget
    var stamp: SaveStamp

    static let columns = [
        "name", "fingerprint", "sequence", "standing", "stale", "since_ns", "verdict_ns", "verdict_age_ns", "failures",
        "last_failure", "last_warning", "breaker", "breaker_since_ns", "breaker_left_ns", "openings", "generation",
        "breaker_reason", "open_reason", "cause", "operator_reason", "operator_name", "saved_ns", "saved_instant_ns",
        "saved_boot",
    ]

    init(_ saved: SavedTarget, stamp: SaveStamp) {
        self.saved = saved
        self.stamp = stamp
    }

    /// The columns' values, without the checksum.
    var values: [SQLiteValue] {
        let breaker = saved.breaker
        return [
            .text(saved.name.text),
            .number(Int64(saved.fingerprint.value)),
            .number(Int64(clamping: saved.sequence)),
            .text(saved.standing.rawValue),
            .number(saved.isStale ? 1 : 0),
            .number(saved.since.nanosecondsSinceEpoch),
            SQLiteValue(saved.verdictAt?.nanosecondsSinceEpoch),
            SQLiteValue(saved.verdictAge?.inNanoseconds),
            .number(Int64(saved.consecutiveFailures)),
            Self.cut(saved.lastFailure),
            Self.cut(saved.lastWarning),
            .text(breaker.state.rawValue),
            .number(breaker.since.nanosecondsSinceEpoch),
            SQLiteValue(breaker.remaining?.inNanoseconds),
            .number(Int64(breaker.openings)),
            .number(Int64(clamping: breaker.generation)),
            Self.cut(breaker.reason),
            Self.cut(breaker.openReason),
            Self.cut(breaker.cause),
            Self.cut(breaker.operatorReason),
            Self.cut(breaker.operatorName),
            .number(stamp.wall.nanosecondsSinceEpoch),
            .number(stamp.instant.nanoseconds),
            .number(Int64(bitPattern: stamp.boot)),
        ]
    }

    /// Reads the row that a statement is at, whose columns are ``columns`` from `first` on and then the checksum; nil when a
    /// value is not as it was written.
    init?(_ row: SQLiteStatement, from first: Int32) {
        func number(_ index: Int32) -> Int64? { row.isNull(first + index) ? nil : row.number(first + index) }
        func text(_ index: Int32) -> String? { row.text(first + index) }
        func duration(_ index: Int32) -> Duration? { number(index).map { .nanoseconds($0) } }
        guard let name = text(0).flatMap({ TargetName($0) }),
            let fingerprint = number(1).flatMap({ UInt32(exactly: $0) }),
            let sequence = number(2).flatMap({ UInt64(exactly: $0) }),
            let standing = text(3).flatMap({ SavedTarget.Standing(rawValue: $0) }),
            let failures = number(8).flatMap({ Int(exactly: $0) }), failures >= 0,
            let state = text(11).flatMap({ SavedBreaker.State(rawValue: $0) }),
            let openings = number(14).flatMap({ Int(exactly: $0) }), openings >= 0,
            let generation = number(15).flatMap({ UInt64(exactly: $0) })
        else { return nil }
        saved = SavedTarget(
            name: name,
            fingerprint: ProbeFingerprint(value: fingerprint),
            sequence: sequence,
            standing: standing,
            isStale: number(4) == 1,
            since: WallTime(nanosecondsSinceEpoch: number(5) ?? 0),
            verdictAt: number(6).map { WallTime(nanosecondsSinceEpoch: $0) },
            verdictAge: duration(7),
            consecutiveFailures: failures,
            lastFailure: text(9),
            lastWarning: text(10),
            breaker: SavedBreaker(
                state: state,
                since: WallTime(nanosecondsSinceEpoch: number(12) ?? 0),
                remaining: duration(13),
                openings: openings,
                generation: generation,
                reason: text(16),
                openReason: text(17),
                cause: text(18),
                operatorReason: text(19),
                operatorName: text(20)
            )
        )
        stamp = SaveStamp(
            wall: WallTime(nanosecondsSinceEpoch: number(21) ?? 0),
            instant: MonotonicInstant(nanoseconds: number(22) ?? 0),
            boot: UInt64(bitPattern: number(23) ?? 0)
        )
        guard number(Int32(Self.columns.count)) == Self.checksum(of: values) else { return nil }
    }

    static func checksum(of values: [SQLiteValue]) -> Int64 {
        var writer = PackedWriter()
        for value in values {
            switch value {
            case .null: writer.put(0)
            case .number(let number):
                writer.put(1)
                writer.put(UInt64(bitPattern: number))
            case .text(let text):
                writer.put(2)
                writer.put(text)
            case .bytes(let bytes):
                writer.put(3)
                for byte in bytes { writer.put(UInt64(byte)) }
            }
        }
        return Int64(Checksum.of(writer.bytes))
    }

    private static func cut(_ text: String?) -> SQLiteValue {
        guard let text else { return .null }
        guard text.utf8.count > longestText else { return .text(text) }
        // A character that is cut in two reads as U+FFFD.
        return .text(String(decoding: text.utf8.prefix(longestText - 3), as: UTF8.self))
    }
}
