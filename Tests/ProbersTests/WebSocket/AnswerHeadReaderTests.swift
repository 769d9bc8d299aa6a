// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Probers
import SimulatedSystem
import Testing

@Suite("AnswerHeadReader")
struct AnswerHeadReaderTests {
    /// All that a reader makes of a stream of bytes.
    struct Reading: Hashable {
        var head: AnswerHead?
        var problem: AnswerHeadReader.Problem?
        /// What follows the head.
        var rest: [UInt8] = []
    }

    static func read(_ bytes: [UInt8], cuts: [Int] = []) -> Reading {
        var reader = AnswerHeadReader()
        var start = 0
        do throws(AnswerHeadReader.Problem) {
            for end in cuts.sorted() + [bytes.count] {
                var piece = bytes[start..<end]
                if let head = try reader.next(&piece) {
                    return Reading(head: head, rest: Array(piece) + bytes[end...])
                }
                start = end
            }
            return Reading()
        } catch {
            return Reading(problem: error)
        }
    }

    @Test("status, reason and fields are read, and what follows is left")
    func whole() {
        let bytes = UpgradeAnswer.head(["HTTP/1.1 101 Switching Protocols", "Upgrade:websocket", "X: \t a b\t "])
        let head = AnswerHead(
            isHTTP10: false,
            status: 101,
            reason: "Switching Protocols",
            fields: [HTTPField(name: "Upgrade", value: "websocket"), HTTPField(name: "X", value: "a b")]
        )
        #expect(Self.read(bytes + [1, 2]) == Reading(head: head, rest: [1, 2]))
        #expect(head.values(of: "upgrade") == ["websocket"])
    }

    @Test(
        "a status line may lack its reason, and an HTTP/1.0 one is told",
        arguments: [("HTTP/1.1 404", false), ("HTTP/1.1 404 ", false), ("HTTP/1.0 404 ", true)]
    )
    func statusLine(line: String, isHTTP10: Bool) {
        let head = AnswerHead(isHTTP10: isHTTP10, status: 404, reason: "")
        #expect(Self.read(UpgradeAnswer.head([line])).head == head)
    }

    @Test("interim answers are passed over")
    func interim() {
        let bytes =
            UpgradeAnswer.head(["HTTP/1.1 100 Continue"])
            + UpgradeAnswer.head(["HTTP/1.1 103 Early Hints", "Link: x"])
            + UpgradeAnswer.head(["HTTP/1.1 200 OK", "A: b"])
        let head = AnswerHead(isHTTP10: false, status: 200, reason: "OK", fields: [HTTPField(name: "A", value: "b")])
        #expect(Self.read(bytes).head == head)
    }

    static let malformed: [(String, String)] = [
        ("SSH-2.0-OpenSSH_9.2\r\n", "the answer is not HTTP/1"),
        ("HTTP/2 200\r\n", "the answer is not HTTP/1"),
        ("\r\nHTTP/1.1 101 \r\n", "the answer is not HTTP/1"),
        ("\n", "a line that does not end in CR LF"),
        ("HTTP/1.1\r\n", "a malformed status line"),
        ("HTTP/1.7 101 x\r\n", "a malformed status line"),
        ("HTTP/1.1  101 x\r\n", "a malformed status line"),
        ("HTTP/1.1 1x1 x\r\n", "a malformed status line"),
        ("HTTP/1.1 1010 x\r\n", "a malformed status line"),
        ("HTTP/1.1 101 \u{1}\r\n", "a malformed status line"),
        ("HTTP/1.1 099 x\r\n", "status 99 is not between 100 and 599"),
        ("HTTP/1.1 600 x\r\n", "status 600 is not between 100 and 599"),
        ("HTTP/1.1 101 x\n", "a line that does not end in CR LF"),
        ("HTTP/1.1 101 x\ry\r\n", "a carriage return within a line"),
        ("HTTP/1.1 101 x\r\r\n", "a carriage return within a line"),
        ("HTTP/1.1 101 x\r\nUpgrade\r\n", "a field without a colon"),
        ("HTTP/1.1 101 x\r\nUpgrade : y\r\n", "a malformed field name"),
        ("HTTP/1.1 101 x\r\n: y\r\n", "a malformed field name"),
        ("HTTP/1.1 101 x\r\nA: b\r\n folded: c\r\n", "a malformed field name"),
        ("HTTP/1.1 101 x\r\nA: b\r\n folded\r\n", "a field without a colon"),
        ("HTTP/1.1 101 x\r\nA: b\0c\r\n", "a control character in a field"),
    ]

    @Test("what is malformed is refused", arguments: malformed)
    func refused(text: String, message: String) {
        let problem = Self.read(Array((text + "\r\n").utf8)).problem
        #expect(problem?.reason == .protocolError)
        #expect(problem?.message == message)
    }

    @Test("a peer that does not speak HTTP is refused without a line's end")
    func early() {
        #expect(Self.read([0x16, 0x03]).problem?.message == "the answer is not HTTP/1")
    }

    @Test("16 KiB are taken, and not one byte more")
    func size() {
        let frame = UpgradeAnswer.head(["HTTP/1.1 101 x", "A: "]).count
        let fill = String(repeating: "a", count: AnswerHeadReader.mostBytes - frame)
        #expect(Self.read(UpgradeAnswer.head(["HTTP/1.1 101 x", "A: \(fill)"])).head?.fields.first?.value == fill)
        let problem = Self.read(UpgradeAnswer.head(["HTTP/1.1 101 x", "A: \(fill)a"])).problem
        #expect(problem?.reason == .tooLarge)
        #expect(problem?.message == "the head of the answer is longer than 16384 bytes")
    }

    @Test("interim answers without end are too large too")
    func interimFlood() {
        let bytes = (0..<1_000).flatMap { _ in UpgradeAnswer.head(["HTTP/1.1 100 Continue"]) }
        #expect(Self.read(bytes).problem?.reason == .tooLarge)
    }

    @Test("64 fields are taken, and not one more", arguments: [(64, nil), (65, FailureReason.tooLarge)])
    func count(fields: Int, reason: FailureReason?) {
        let reading = Self.read(UpgradeAnswer.head(["HTTP/1.1 101 x"] + (0..<fields).map { "A\($0): b" }))
        #expect(reading.problem?.reason == reason)
        #expect(reading.head?.fields.count == (reason == nil ? fields : nil))
    }

    @Test("bent answers give the same result however they are cut", arguments: 1...100 as ClosedRange<UInt64>)
    func mutated(seed: UInt64) {
        var random = SimulationRandom(seed: seed)
        let good = UpgradeAnswer.upgrade(accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", more: ["A: b"])
        for _ in 0..<50 {
            var bytes = good
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(random.pick([0, 9, 10, 13, 32, 58]), at: index)
                }
            }
            let whole = Self.read(bytes)
            let cuts = (0..<8).map { _ in Int.random(in: 0...bytes.count, using: &random) }
            #expect(Self.read(bytes, cuts: cuts) == whole, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
