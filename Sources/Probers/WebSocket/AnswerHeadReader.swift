// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Reads the head of the answer to an upgrade request, in pieces of any size (RFC 9112, sections 2 to 5, without its leniency).
///
/// Lines end in CR LF and nothing else, a field is on one line, and there are bounds: 16 KiB and 64 fields, interim answers
/// (1xx but 101) included, which are passed over. A server that is not HTTP is known by its first bytes.
package struct AnswerHeadReader {
    /// The most bytes of all heads together.
    package static let mostBytes = 16 * 1_024
    /// The most fields of one head.
    package static let mostFields = 64

    private var line: [UInt8] = []
    private var head: AnswerHead?
    private var count = 0

    /// What was wrong with the answer.
    package struct Problem: Error, Hashable {
        /// `protocol` or `too_large`.
        package let reason: FailureReason
        /// What was seen, in lower case, without a full stop.
        package let message: String

        static func malformed(_ message: String) -> Problem { Problem(reason: .protocolError, message: message) }
        static func tooLarge(_ message: String) -> Problem { Problem(reason: .tooLarge, message: message) }
    }

    package init() {}

    /// Takes bytes off `bytes` up to the end of the head of the final answer.
    ///
    /// - Returns: the head; nil when all bytes are taken and it is not complete.
    package mutating func next(_ bytes: inout ArraySlice<UInt8>) throws(Problem) -> AnswerHead? {
        while let byte = bytes.popFirst() {
            count += 1
            guard count <= Self.mostBytes else {
                throw .tooLarge("the head of the answer is longer than \(Self.mostBytes) bytes")
            }
            guard byte == UInt8(ascii: "\n") else {
                guard line.last != UInt8(ascii: "\r") else { throw .malformed("a carriage return within a line") }
                line.append(byte)
                if head == nil { try checkBeginning() }
                continue
            }
            guard line.popLast() == UInt8(ascii: "\r") else { throw .malformed("a line that does not end in CR LF") }
            defer { line.removeAll(keepingCapacity: true) }
            guard head != nil else {
                head = try Self.statusLine(line)
                continue
            }
            guard line.isEmpty else {
                try takeField()
                continue
            }
            let complete = head
            head = nil
            if let complete, complete.status == 101 || complete.status >= 200 { return complete }
        }
        return nil
    }

    /// Refuses what is not HTTP without waiting for the end of a line that may never come.
    private func checkBeginning() throws(Problem) {
        let expected = Array("HTTP/1.".utf8)
        guard line.count > expected.count || line.elementsEqual(expected.prefix(line.count)) else {
            throw .malformed("the answer is not HTTP/1")
        }
    }

    /// `HTTP/1.1 101 Switching Protocols` (RFC 9112, section 4).
    private static func statusLine(_ line: [UInt8]) throws(Problem) -> AnswerHead {
        let digits = line.count >= 12 ? line[9..<12] : []
        let status = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        guard line.count >= 12, line[7] == UInt8(ascii: "0") || line[7] == UInt8(ascii: "1"),
            line[8] == UInt8(ascii: " "), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            line.count == 12 || line[12] == UInt8(ascii: " "), line.allSatisfy(isText)
        else { throw .malformed("a malformed status line") }
        guard (100...599).contains(status) else { throw .malformed("status \(status) is not between 100 and 599") }
        return AnswerHead(
            isHTTP10: line[7] == UInt8(ascii: "0"),
            status: status,
            reason: String(decoding: line.dropFirst(13), as: UTF8.self)
        )
    }

    /// `name: value` (RFC 9112, section 5).
    private mutating func takeField() throws(Problem) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed("a field without a colon") }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(Self.isTokenCharacter) else { throw .malformed("a malformed field name") }
        var value = line[(colon + 1)...]
        while let first = value.first, Self.isBlank(first) { value.removeFirst() }
        while let last = value.last, Self.isBlank(last) { value.removeLast() }
        guard value.allSatisfy(Self.isText) else { throw .malformed("a control character in a field") }
        guard let fields = head?.fields.count, fields < Self.mostFields else {
            throw .tooLarge("more than \(Self.mostFields) fields in the answer")
        }
        let text = String(decoding: value, as: UTF8.self)
        head?.fields.append(HTTPField(name: String(decoding: name, as: UTF8.self), value: text))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") }

    /// RFC 9110, section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
