// SPDX-License-Identifier: Apache-2.0

/// Builds answers byte by byte, right ones and wrong ones.
struct DNSReply: Sendable {
    /// One record of the answer section; the name is a pointer to the question's unless bytes are given.
    struct Record: Sendable {
        var name: [UInt8] = [0xC0, 12]
        var type: UInt16 = 1
        var recordClass: UInt16 = 1
        var data: [UInt8] = [192, 0, 2, 1]
    }

    /// QR, RD and RA; the response code is or-ed in.
    var flags: UInt16 = 0x8180
    var code: UInt16 = 0
    var answers: [Record] = []
    /// How many answers the header announces; nil = as many as there are.
    var announced: UInt16?
    /// Bytes behind the answers.
    var tail: [UInt8] = []
    /// How many additional records the header announces.
    var additional: UInt16 = 0
    /// Replaces the question of the query; nil = repeats it.
    var question: [UInt8]?
    /// Added to the identifier.
    var idOffset: UInt16 = 0

    /// The answer to `query`.
    func bytes(to query: [UInt8]) -> [UInt8] {
        let id = (UInt16(query[0]) << 8 | UInt16(query[1])) &+ idOffset
        let asked = question ?? Self.question(of: query)
        var bytes = Self.pair(id) + Self.pair(flags | code) + Self.pair(asked.isEmpty ? 0 : 1)
        bytes += Self.pair(announced ?? UInt16(answers.count)) + Self.pair(0) + Self.pair(additional)
        bytes += asked
        for answer in answers {
            bytes += answer.name + Self.pair(answer.type) + Self.pair(answer.recordClass) + [0, 0, 0, 60]
            bytes += Self.pair(UInt16(answer.data.count)) + answer.data
        }
        return bytes + tail
    }

    /// The question section of a query.
    static func question(of query: [UInt8]) -> [UInt8] {
        var end = 12
        while query[end] != 0 { end += Int(query[end]) + 1 }
        return Array(query[12..<end + 5])
    }

    /// A name in full.
    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// Two bytes in network order.
    static func pair(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

    /// NOERROR with one address.
    static let address = DNSReply(answers: [Record()])
}
