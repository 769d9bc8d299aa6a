// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a message, in words.
struct DNSMessageProblem: Error, Hashable {
    let message: String
}

/// Walks through a DNS message that may be hostile: never reads beyond its end, and always ends.
struct DNSMessageReader {
    /// The whole message, which names point into.
    let bytes: [UInt8]
    /// What is read next.
    private(set) var position: Int
    /// Where reading must stop: the end of the message or of one record's data.
    private var end: Int

    /// Starts at the beginning of `bytes`.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// How many bytes are left.
    var remaining: Int { end - position }

    mutating func byte() throws(DNSMessageProblem) -> UInt8 {
        guard position < end else { throw DNSMessageProblem(message: "it ends in the middle of a field") }
        defer { position += 1 }
        return bytes[position]
    }

    /// Two bytes in network order.
    mutating func uint16() throws(DNSMessageProblem) -> UInt16 {
        let high = try byte()
        return UInt16(high) << 8 | UInt16(try byte())
    }

    /// Four bytes in network order.
    mutating func uint32() throws(DNSMessageProblem) -> UInt32 {
        let high = try uint16()
        return UInt32(high) << 16 | UInt32(try uint16())
    }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(DNSMessageProblem) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw DNSMessageProblem(message: "it ends in the middle of a field")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// A reader of the next `count` bytes only, which this one passes over; names in it may point anywhere before.
    mutating func section(_ count: Int) throws(DNSMessageProblem) -> DNSMessageReader {
        var part = self
        _ = try take(count)
        part.end = position
        return part
    }

    /// A domain name as text, in lower case, its compression undone (RFC 1035, section 4.1.4).
    ///
    /// A pointer must lead back, and what it leads to must end before the pointer: so every jump leaves less to read, and no
    /// chain of them is endless. A name has at most 255 octets, however it is put together.
    mutating func name() throws(DNSMessageProblem) -> String {
        var labels: [String] = []
        var octets = 1
        var at = position
        var limit = end
        var after: Int?
        while true {
            guard at < limit else { throw DNSMessageProblem(message: "a name runs over the end") }
            let length = Int(bytes[at])
            switch length & 0xC0 {
            case 0x00 where length == 0:
                position = after ?? at + 1
                return labels.isEmpty ? "." : labels.joined(separator: ".")
            case 0x00:
                guard at + 1 + length <= limit else { throw DNSMessageProblem(message: "a name runs over the end") }
                octets += length + 1
                guard octets <= 255 else { throw DNSMessageProblem(message: "a name is longer than 255 octets") }
                labels.append(DNSText.label(bytes[at + 1..<at + 1 + length]))
                at += 1 + length
            case 0xC0:
                guard at + 1 < limit else { throw DNSMessageProblem(message: "a name runs over the end") }
                let target = (length & 0x3F) << 8 | Int(bytes[at + 1])
                if after == nil { after = at + 2 }
                guard target < at else {
                    throw DNSMessageProblem(message: "a compressed name points to itself or ahead")
                }
                limit = at
                at = target
            default:
                throw DNSMessageProblem(message: "a name has a label of an unknown kind")
            }
        }
    }
}
