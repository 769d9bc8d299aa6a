// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime

/// One resource record (RFC 1035, section 4.1.3).
struct DNSRecord: Hashable {
    /// Whose record it is, in lower case, without a trailing dot.
    let name: String
    let type: UInt16
    let recordClass: UInt16
    let timeToLive: UInt32
    /// What it says, as `dig +short` writes it, but without dots at the end of names; empty for a type that no probe asks for.
    let text: String

    /// The type of an alias, CNAME.
    static let aliasType: UInt16 = 5

    /// Reads the next record.
    ///
    /// - Throws: what is wrong with it; its data must fill its length exactly.
    init(_ reader: inout DNSMessageReader) throws(DNSMessageProblem) {
        name = try reader.name()
        type = try reader.uint16()
        recordClass = try reader.uint16()
        timeToLive = try reader.uint32()
        let length = Int(try reader.uint16())
        var data = try reader.section(length)
        guard recordClass == DNSMessage.internetClass, let text = try Self.text(of: type, &data) else {
            text = ""
            return
        }
        guard data.remaining == 0 else { throw DNSMessageProblem(message: "a record is longer than its data") }
        self.text = text
    }

    private static func text(of type: UInt16, _ data: inout DNSMessageReader) throws(DNSMessageProblem) -> String? {
        switch type {
        case 1: return try address(&data, count: 4)
        case 28: return try address(&data, count: 16)
        case 2, aliasType, 12: return try data.name()
        case 15: return "\(try data.uint16()) \(try data.name())"
        case 33: return "\(try data.uint16()) \(try data.uint16()) \(try data.uint16()) \(try data.name())"
        case 16: return try strings(&data)
        case 6:
            let names = "\(try data.name()) \(try data.name())"
            return
                "\(names) \(try data.uint32()) \(try data.uint32()) \(try data.uint32()) \(try data.uint32()) \(try data.uint32())"
        case 257: return try authorization(&data)
        default: return nil
        }
    }

    private static func address(_ data: inout DNSMessageReader, count: Int) throws(DNSMessageProblem) -> String {
        guard data.remaining == count else {
            throw DNSMessageProblem(message: "an address of \(data.remaining) bytes instead of \(count)")
        }
        return SocketAddress(bytes: Array(try data.take(count)), port: 0).host
    }

    /// The strings of a TXT record as the one text that they are parts of (RFC 7208, section 3.3).
    private static func strings(_ data: inout DNSMessageReader) throws(DNSMessageProblem) -> String {
        var text = ""
        repeat {
            let length = Int(try data.byte())
            text += DNSText.string(try data.take(length))
        } while data.remaining > 0
        return text
    }

    /// `0 issue "ca.example"` (RFC 8659, section 4.1).
    private static func authorization(_ data: inout DNSMessageReader) throws(DNSMessageProblem) -> String {
        let flags = try data.byte()
        let length = Int(try data.byte())
        guard length > 0 else { throw DNSMessageProblem(message: "a CAA record without a property") }
        let property = DNSText.label(try data.take(length))
        return "\(flags) \(property) \"\(DNSText.string(try data.take(data.remaining)))\""
    }
}
