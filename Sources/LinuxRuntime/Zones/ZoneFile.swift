// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Reads time zone information files (RFC 8536, "TZif"), versions 1 to 4.
package enum ZoneFile {
    /// The largest file that is read; the largest of all zones has less than 4 KiB.
    package static let maximumBytes = 256 * 1024
    /// More changes of the offset than any zone has had.
    private static let maximumTransitions: Int64 = 10_000

    /// The rules in a file.
    ///
    /// Files with leap seconds are refused: their clocks are not the system's.
    ///
    /// - Parameters:
    ///   - name: the zone's name.
    ///   - bytes: the whole file.
    /// - Returns: nil when it is no such file; nothing in it is trusted.
    package static func rules(name: String, _ bytes: [UInt8]) -> ZoneRules? {
        guard bytes.count <= maximumBytes else { return nil }
        var reader = Reader(rest: bytes[...])
        guard let first = reader.header() else { return nil }
        guard first.version >= UInt8(ascii: "2") else {
            return reader.block(first, timeSize: 4).map { rules(name, $0, yearly: nil) }
        }
        guard reader.skip(first.length(timeSize: 4)), let second = reader.header(),
            let block = reader.block(second, timeSize: 8), let footer = reader.footer()
        else { return nil }
        guard !footer.isEmpty else { return rules(name, block, yearly: nil) }
        guard let yearly = YearlyRule(text: footer) else { return nil }
        return rules(name, block, yearly: yearly)
    }

    private static func rules(_ name: String, _ block: Block, yearly: YearlyRule?) -> ZoneRules {
        ZoneRules(name: name, initialOffset: block.initialOffset, transitions: block.transitions, yearly: yearly)
    }

    private struct Block {
        let initialOffset: Int64
        let transitions: [ZoneRules.Transition]
    }

    /// RFC 8536 section 3.1.
    private struct Header {
        let version: UInt8
        let isUTCount: Int64
        let isStandardCount: Int64
        let leapCount: Int64
        let timeCount: Int64
        let typeCount: Int64
        let characterCount: Int64

        func length(timeSize: Int64) -> Int64 {
            timeCount * (timeSize + 1) + typeCount * 6 + characterCount + leapCount * (timeSize + 4) + isStandardCount
                + isUTCount
        }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ count: Int64) -> Bool {
            guard count <= rest.count else { return false }
            rest = rest.dropFirst(Int(count))
            return true
        }

        /// A signed number, most significant byte first.
        mutating func number(_ size: Int) -> Int64? {
            guard rest.count >= size, let first = rest.first else { return nil }
            var value: Int64 = first >= 0x80 ? -1 : 0
            for byte in rest.prefix(size) { value = value << 8 | Int64(byte) }
            rest = rest.dropFirst(size)
            return value
        }

        mutating func header() -> Header? {
            guard rest.starts(with: Array("TZif".utf8)), rest.count >= 44 else { return nil }
            let version = rest[rest.startIndex + 4]
            rest = rest.dropFirst(20)
            var counts: [Int64] = []
            while counts.count < 6 {
                guard let count = number(4), count >= 0 else { return nil }
                counts.append(count)
            }
            return Header(
                version: version,
                isUTCount: counts[0],
                isStandardCount: counts[1],
                leapCount: counts[2],
                timeCount: counts[3],
                typeCount: counts[4],
                characterCount: counts[5]
            )
        }

        /// RFC 8536 section 3.2.
        mutating func block(_ header: Header, timeSize: Int) -> Block? {
            guard header.leapCount == 0, header.timeCount <= maximumTransitions, (1...256).contains(header.typeCount)
            else { return nil }
            var times: [Int64] = []
            for _ in 0..<header.timeCount {
                guard let time = number(timeSize), times.last.map({ $0 < time }) ?? true else { return nil }
                times.append(time)
            }
            let types = Array(rest.prefix(Int(header.timeCount)))
            guard skip(header.timeCount) else { return nil }
            var offsets: [Int64] = []
            for _ in 0..<header.typeCount {
                // Section 3.2: more than -25 and less than 26 hours.
                guard let offset = number(4), (-89_999...93_599).contains(offset), skip(2) else { return nil }
                offsets.append(offset)
            }
            guard types.allSatisfy({ $0 < offsets.count }) else { return nil }
            guard skip(header.characterCount + header.isStandardCount + header.isUTCount) else { return nil }
            let transitions = zip(times, types).map { ZoneRules.Transition(at: $0, offset: offsets[Int($1)]) }
            return Block(initialOffset: offsets[0], transitions: transitions)
        }

        /// The text between two line feeds, RFC 8536 section 3.3.
        mutating func footer() -> String? {
            guard rest.first == UInt8(ascii: "\n") else { return nil }
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            return String(validating: rest[..<end], as: UTF8.self)
        }
    }
}
