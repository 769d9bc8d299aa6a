// SPDX-License-Identifier: Apache-2.0

/// Walks over the fields of one Protocol Buffers message (Protocol Buffers documentation, "Encoding").
///
/// Every read is checked against the end of the message; nothing is allocated.
package struct ProtobufReader {
    /// Why the bytes are no message.
    package enum Problem: Error, Hashable, Sendable {
        /// The message ends within a field.
        case truncated
        /// A number has more than 64 bits.
        case overlongNumber
        /// A field number outside 1 to 536,870,911.
        case fieldNumber
        /// Wire type 6 or 7, which do not exist.
        case wireType(UInt8)
        /// A group that does not end, ends another, or lies too deep.
        case group
    }

    /// What a field holds, as far as anybody here asks.
    package enum Value: Hashable, Sendable {
        /// Wire type 0.
        case number(UInt64)
        /// Any other wire type; skipped.
        case other
    }

    /// Deepest nesting of groups that is walked through.
    private static let deepestGroup = 32

    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next field with its number; nil at the end of the message.
    package mutating func next() throws(Problem) -> (field: UInt32, value: Value)? {
        guard position < bytes.count else { return nil }
        let (field, wireType) = try tag()
        return (field, try value(wireType, of: field, depth: 0))
    }

    private mutating func value(_ wireType: UInt8, of field: UInt32, depth: Int) throws(Problem) -> Value {
        switch wireType {
        case 0: return .number(try number())
        case 1: try skip(8)
        case 2: try skip(try number())
        case 3: try skipGroup(field, depth: depth + 1)
        case 4: throw .group
        case 5: try skip(4)
        default: throw .wireType(wireType)
        }
        return .other
    }

    private mutating func skipGroup(_ group: UInt32, depth: Int) throws(Problem) {
        guard depth <= Self.deepestGroup else { throw .group }
        while true {
            let (field, wireType) = try tag()
            if wireType == 4 {
                guard field == group else { throw .group }
                return
            }
            _ = try value(wireType, of: field, depth: depth)
        }
    }

    private mutating func tag() throws(Problem) -> (field: UInt32, wireType: UInt8) {
        let tag = try number()
        guard let tag = UInt32(exactly: tag), tag >> 3 > 0 else { throw .fieldNumber }
        return (tag >> 3, UInt8(tag & 7))
    }

    /// A variable-length number of at most 10 bytes; the last of 10 holds one bit.
    private mutating func number() throws(Problem) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<10 {
            guard position < bytes.count else { throw .truncated }
            let byte = bytes[position]
            position += 1
            guard index < 9 || byte <= 1 else { throw .overlongNumber }
            number |= UInt64(byte & 0x7F) << (7 * index)
            if byte < 0x80 { return number }
        }
        throw .overlongNumber
    }

    private mutating func skip(_ count: UInt64) throws(Problem) {
        guard count <= UInt64(bytes.count - position) else { throw .truncated }
        position += Int(count)
    }
}
