// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A question as it is sent (RFC 1035, section 4).
struct DNSQuery: Hashable {
    /// What is asked for.
    let name: DNSName
    let type: DNSRecordType
    /// Whether the server may ask others (RD).
    let recursion: Bool
    /// Whether the server is told that answers of up to `offeredSize` bytes are taken (RFC 6891); some old servers refuse that.
    let extended: Bool

    /// The size of answer that is offered to servers: what passes through today's networks in one piece (RFC 9715, appendix A).
    static let offeredSize = 1_232
    /// The largest datagram that is read, whatever was offered.
    static let mostRead = 4_096

    /// The message with the identifier `id`.
    func message(id: UInt16) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append16(id)
        bytes.append16(recursion ? 0x0100 : 0)
        bytes.append16(1)
        bytes.append16(0)
        bytes.append16(0)
        bytes.append16(extended ? 1 : 0)
        for label in name.labels {
            bytes.append(UInt8(label.utf8.count))
            bytes += label.utf8
        }
        bytes.append(0)
        bytes.append16(type.number)
        bytes.append16(DNSMessage.internetClass)
        if extended {
            // The root's name, OPT, the size, then extended code, version and flags, and no options.
            bytes += [0, 0, 41]
            bytes.append16(UInt16(Self.offeredSize))
            bytes += [0, 0, 0, 0, 0, 0]
        }
        return bytes
    }

    /// Whether `message` repeats exactly this question, regardless of case (RFC 4343).
    func isRepeated(in message: DNSMessage) -> Bool {
        message.questions.count == 1
            && message.questions.first
                == DNSMessage.Question(
                    name: asked,
                    type: type.number,
                    recordClass: DNSMessage.internetClass
                )
    }

    /// The name as a parsed message shows it.
    var asked: String {
        name.labels.isEmpty ? "." : name.labels.map { DNSText.label(Array($0.utf8)[...]) }.joined(separator: ".")
    }
}

extension [UInt8] {
    /// Appends two bytes in network order.
    mutating func append16(_ value: UInt16) {
        append(UInt8(value >> 8))
        append(UInt8(value & 0xFF))
    }
}
