// SPDX-License-Identifier: Apache-2.0

/// A DNS message as far as a probe reads it: everything is checked, but only questions and answers are kept.
struct DNSMessage: Hashable {
    /// What a message says it answers.
    struct Question: Hashable {
        let name: String
        let type: UInt16
        let recordClass: UInt16
    }

    let id: UInt16
    /// Whether it is an answer (QR) to a plain question (OPCODE 0).
    let isAnswer: Bool
    /// Whether the server has the answer itself (AA).
    let isAuthoritative: Bool
    /// Whether the answer was cut because it did not fit (TC).
    let isTruncated: Bool
    /// How it ended, the upper bits of the OPT record included (RFC 6891, section 6.1.3).
    let code: Int
    let questions: [Question]
    /// The records of the answer section, in order.
    let answers: [DNSRecord]

    /// IN, the only class that is used.
    static let internetClass: UInt16 = 1
    private static let headerLength = 12
    /// Most records in an answer: each may name 255 octets with two bytes, so their number bounds what a message costs.
    static let mostRecords = 512
    private static let optType: UInt16 = 41

    /// The identifier of a message that may be anything else but one; nil when it is too short to have one.
    static func id(of bytes: [UInt8]) -> UInt16? {
        bytes.count >= 2 ? UInt16(bytes[0]) << 8 | UInt16(bytes[1]) : nil
    }

    /// Reads a whole message; linear in its length.
    ///
    /// A truncated message may end anywhere after its questions, as some servers cut within a record: what is whole is kept.
    /// - Throws: what is wrong with it.
    init(_ bytes: [UInt8]) throws(DNSMessageProblem) {
        guard bytes.count >= Self.headerLength else {
            throw DNSMessageProblem(message: "\(bytes.count) bytes, less than a header")
        }
        var reader = DNSMessageReader(bytes)
        id = try reader.uint16()
        let flags = try reader.uint16()
        isAnswer = flags & 0xF800 == 0x8000
        isAuthoritative = flags & 0x0400 != 0
        isTruncated = flags & 0x0200 != 0
        let counts = [try reader.uint16(), try reader.uint16(), try reader.uint16(), try reader.uint16()]
        guard counts[1...].reduce(0, { $0 + Int($1) }) <= Self.mostRecords, counts[0] <= 1 else {
            throw DNSMessageProblem(message: "it announces more than a question and \(Self.mostRecords) records")
        }
        var questions: [Question] = []
        for _ in 0..<counts[0] {
            questions.append(
                Question(name: try reader.name(), type: try reader.uint16(), recordClass: try reader.uint16())
            )
        }
        self.questions = questions
        var answers: [DNSRecord] = []
        var extendedCode = 0
        do throws(DNSMessageProblem) {
            for _ in 0..<counts[1] { answers.append(try DNSRecord(&reader)) }
            for _ in 0..<Int(counts[2]) + Int(counts[3]) {
                let record = try DNSRecord(&reader)
                if record.type == Self.optType { extendedCode = Int(record.timeToLive >> 24) }
            }
        } catch {
            guard isTruncated else { throw error }
        }
        self.answers = answers
        code = extendedCode << 4 | Int(flags & 0xF)
    }

    /// The texts of the records of `type` that belong to `name` or to a name that it is an alias of.
    ///
    /// Aliases (CNAME) are followed within the message in any order; records of other names are no answer to the question.
    func records(of type: UInt16, for name: String) -> [String] {
        let own = answers.filter { $0.recordClass == Self.internetClass }
        let aliases = type == DNSRecord.aliasType ? [] : own.filter { $0.type == DNSRecord.aliasType }
        let targets = Dictionary(aliases.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
        var names: Set<String> = [name]
        var last = name
        while let next = targets[last], names.insert(next).inserted { last = next }
        return own.filter { $0.type == type && names.contains($0.name) }.map(\.text)
    }
}
