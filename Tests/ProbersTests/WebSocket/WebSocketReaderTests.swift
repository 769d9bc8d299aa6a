// SPDX-License-Identifier: Apache-2.0

import Probers
import SimulatedSystem
import Testing

@Suite("WebSocketReader")
struct WebSocketReaderTests {
    /// All that one reader makes of a stream of bytes.
    struct Reading: Hashable {
        var events: [WebSocketEvent] = []
        var closeCode: UInt16?
    }

    /// Reads pieces of `bytes` that end at `cuts`.
    static func read(_ bytes: [UInt8], cuts: [Int] = [], maximumMessage: Int = 65_536) -> Reading {
        var reading = Reading()
        var reader = WebSocketReader(maximumMessage: maximumMessage)
        var start = 0
        do throws(WebSocketViolation) {
            for end in cuts.sorted() + [bytes.count] {
                var piece = bytes[start..<end]
                while let event = try reader.next(&piece) { reading.events.append(event) }
                #expect(piece.isEmpty)
                start = end
            }
        } catch {
            reading.closeCode = error.closeCode
        }
        return reading
    }

    /// A case in the manner of the Autobahn test suite, under its number where it has one.
    struct Case: CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var events: [WebSocketEvent] = []
        var closeCode: UInt16?

        init(_ name: String, _ frames: [[UInt8]], _ events: [WebSocketEvent] = [], fails closeCode: UInt16? = nil) {
            self.name = name
            self.bytes = Array(frames.joined())
            self.events = events
            self.closeCode = closeCode
        }

        var testDescription: String { name }
    }

    static func text(_ text: String) -> WebSocketEvent { .text(Array(text.utf8)) }

    static func ping(_ text: String) -> WebSocketEvent { .ping(Array(text.utf8)) }

    static let fill = [UInt8](repeating: 0x2A, count: 65_536)

    static let cases: [Case] = [
        Case("1.1.1 empty text", [ServerFrame.text("")], [text("")]),
        Case("1.1.2 125 bytes", [ServerFrame.raw(0x81, Array(fill[..<125]))], [.text(Array(fill[..<125]))]),
        Case("1.1.3 126 bytes", [ServerFrame.raw(0x81, Array(fill[..<126]))], [.text(Array(fill[..<126]))]),
        Case("1.1.6 65,535 bytes", [ServerFrame.raw(0x81, Array(fill[..<65_535]))], [.text(Array(fill[..<65_535]))]),
        Case("1.1.7 65,536 bytes", [ServerFrame.raw(0x81, fill)], [.text(fill)]),
        Case("1.2.1 empty binary", [ServerFrame.binary([])], [.binary([])]),
        Case("1.2.3 126 bytes", [ServerFrame.binary(Array(fill[..<126]))], [.binary(Array(fill[..<126]))]),
        Case("one byte too many", [ServerFrame.announcing(65_537)], fails: 1009),
        Case("2^63 - 1 bytes", [ServerFrame.announcing(UInt64(Int64.max))], fails: 1009),
        Case("2^63 bytes", [ServerFrame.announcing(1 << 63)], fails: 1002),
        Case("2^64 - 1 bytes", [ServerFrame.announcing(.max)], fails: 1002),
        Case("125 in 2 bytes", [ServerFrame.raw(0x82, Array(fill[..<125]), lengthBytes: 2)], fails: 1002),
        Case("65,535 in 8 bytes", [ServerFrame.announcing(65_535)], fails: 1002),
        Case("2.1 empty ping", [ServerFrame.ping("")], [ping("")]),
        Case("2.4 ping of 125 bytes", [ServerFrame.raw(0x89, Array(fill[..<125]))], [.ping(Array(fill[..<125]))]),
        Case("2.5 ping of 126 bytes", [ServerFrame.raw(0x89, Array(fill[..<126]))], fails: 1002),
        Case("2.7 unsolicited pong", [ServerFrame.pong([1])], [.pong([1])]),
        Case("3.1 RSV3", [ServerFrame.raw(0x91)], fails: 1002),
        Case("3.2 RSV2 after a message", [ServerFrame.text("a"), ServerFrame.raw(0xA1)], [text("a")], fails: 1002),
        Case("3.4 RSV1", [ServerFrame.raw(0xC1)], fails: 1002),
        Case("3.7 all on a close", [ServerFrame.raw(0xF8)], fails: 1002),
        Case("4.1.1 opcode 3", [ServerFrame.raw(0x83)], fails: 1002),
        Case("4.1.5 opcode 7", [ServerFrame.raw(0x87)], fails: 1002),
        Case("4.2.1 opcode 11", [ServerFrame.raw(0x8B)], fails: 1002),
        Case("4.2.5 opcode 15", [ServerFrame.raw(0x8F)], fails: 1002),
        Case("masked by the server", [ServerFrame.raw(0x81, [1, 2], mask: [9, 8, 7, 6])], fails: 1002),
        Case("5.1 fragmented ping", [ServerFrame.raw(0x09)], fails: 1002),
        Case("5.2 fragmented pong", [ServerFrame.raw(0x0A)], fails: 1002),
        Case("fragmented close", [ServerFrame.raw(0x08)], fails: 1002),
        Case(
            "5.3 two fragments",
            [ServerFrame.text("frag", isFinal: false), ServerFrame.continuation(Array("ment".utf8))],
            [text("fragment")]
        ),
        Case(
            "5.6 a ping between the fragments",
            [ServerFrame.text("a", isFinal: false), ServerFrame.ping("p"), ServerFrame.continuation([0x62])],
            [ping("p"), text("ab")]
        ),
        Case("5.9 continuation of nothing", [ServerFrame.continuation([0x61])], fails: 1002),
        Case("5.12 unfinished continuation of nothing", [ServerFrame.continuation([], isFinal: false)], fails: 1002),
        Case(
            "5.15 continuation after the end",
            [ServerFrame.text("a"), ServerFrame.continuation([])],
            [text("a")],
            fails: 1002
        ),
        Case("5.18 text within text", [ServerFrame.text("a", isFinal: false), ServerFrame.text("b")], fails: 1002),
        Case("binary within text", [ServerFrame.text("a", isFinal: false), ServerFrame.binary([1])], fails: 1002),
        Case(
            "5.19 pings between all fragments",
            [
                ServerFrame.binary([1], isFinal: false), ServerFrame.ping("1"),
                ServerFrame.continuation([2], isFinal: false), ServerFrame.ping("2"), ServerFrame.continuation([3]),
            ],
            [ping("1"), ping("2"), .binary([1, 2, 3])]
        ),
        Case(
            "fragments that are too long together",
            [ServerFrame.raw(0x02, fill), ServerFrame.raw(0x80, [1])],
            fails: 1009
        ),
        Case(
            "6.1.2 empty fragments",
            [
                ServerFrame.text("", isFinal: false), ServerFrame.continuation([], isFinal: false),
                ServerFrame.continuation([]),
            ],
            [text("")]
        ),
        Case("6.2.1 text of several scripts", [ServerFrame.text("Hello-µ@ßöäüàá-日本-🎉")], [text("Hello-µ@ßöäüàá-日本-🎉")]),
        Case(
            "6.2.3 a character over three fragments",
            [ServerFrame.raw(0x01, [0xE2]), ServerFrame.raw(0x00, [0x82]), ServerFrame.raw(0x80, [0xAC])],
            [text("€")]
        ),
        Case("6.3.1 a surrogate", [ServerFrame.raw(0x81, [0xED, 0xA0, 0x80])], fails: 1007),
        Case(
            "6.4.1 bad from the second fragment on",
            [ServerFrame.raw(0x01, [0xF4]), ServerFrame.raw(0x00, [0x90])],
            fails: 1007
        ),
        Case("6.6.1 half a character", [ServerFrame.raw(0x81, [0xE2, 0x82])], fails: 1007),
        Case(
            "half a character, then the end",
            [ServerFrame.raw(0x01, [0xE2]), ServerFrame.continuation([])],
            fails: 1007
        ),
        Case("binary is not text", [ServerFrame.binary([0xFF, 0xC0])], [.binary([0xFF, 0xC0])]),
        Case(
            "7.1.1 close after a message",
            [ServerFrame.text("a"), ServerFrame.close(1000)],
            [text("a"), .close(CloseFrame(code: 1000))]
        ),
        Case("7.3.1 close without a code", [ServerFrame.close(nil)], [.close(CloseFrame(code: 1005))]),
        Case("7.3.2 half a code", [ServerFrame.raw(0x88, [3])], fails: 1002),
        Case(
            "7.3.5 a reason of 123 bytes",
            [ServerFrame.close(1001, Array(fill[..<123]))],
            [.close(CloseFrame(code: 1001, reason: String(repeating: "*", count: 123)))]
        ),
        Case("7.3.6 a reason of 124 bytes", [ServerFrame.close(1001, Array(fill[..<124]))], fails: 1002),
        Case(
            "7.5.1 a reason that is not UTF-8",
            [ServerFrame.close(1000, [0xCE, 0xBA, 0xED, 0xA0, 0x80])],
            fails: 1007
        ),
        Case("7.7.13 code 4999", [ServerFrame.close(4999)], [.close(CloseFrame(code: 4999))]),
        Case("7.9.2 code 999", [ServerFrame.close(999)], fails: 1002),
        Case("7.9.4 code 1005", [ServerFrame.close(1005)], fails: 1002),
        Case("7.9.5 code 1006", [ServerFrame.close(1006)], fails: 1002),
    ]

    @Test("frames are read, or refused with the code that they deserve", arguments: cases)
    func read(_ example: Case) {
        let reading = Self.read(example.bytes)
        #expect(reading.events == example.events)
        #expect(reading.closeCode == example.closeCode)
    }

    @Test("how the bytes are cut makes no difference", arguments: cases)
    func cut(_ example: Case) {
        let whole = Self.read(example.bytes)
        if example.bytes.count <= 1_024 {
            #expect(Self.read(example.bytes, cuts: Array(0..<example.bytes.count)) == whole)
        }
        for position in stride(from: 1, to: example.bytes.count, by: max(1, example.bytes.count / 100)) {
            #expect(Self.read(example.bytes, cuts: [position]) == whole, "cut at \(position)")
        }
    }

    @Test("a frame is refused at its first wrong byte, whatever would follow")
    func earliest() {
        for (bytes, count) in [
            ([0xC1, 0x00], 1), ([0x83, 0x00], 1), ([0x09, 0x00], 1), ([0x81, 0x80], 2), ([0x89, 0x7E], 2),
        ] {
            var reader = WebSocketReader(maximumMessage: 16)
            var rest = bytes.map { UInt8($0) }[...]
            #expect(throws: WebSocketViolation.self) { try reader.next(&rest) }
            #expect(bytes.count - rest.count == count)
        }
    }

    @Test("fragments without bytes have an end too")
    func fragmentFlood() {
        let bytes =
            ServerFrame.text("", isFinal: false)
            + (0..<5_000).flatMap { _ in ServerFrame.continuation([], isFinal: false) }
        #expect(Self.read(bytes) == Reading(closeCode: 1009))
    }

    @Test("a small limit holds for one frame and for fragments together", arguments: [1, 16, 125, 126, 1_000])
    func limits(limit: Int) {
        let payload = [UInt8](repeating: 7, count: limit)
        #expect(Self.read(ServerFrame.binary(payload), maximumMessage: limit).events == [.binary(payload)])
        #expect(Self.read(ServerFrame.binary(payload + [7]), maximumMessage: limit).closeCode == 1009)
        let halves = ServerFrame.binary(payload, isFinal: false) + ServerFrame.continuation([7])
        #expect(Self.read(halves, maximumMessage: limit) == Reading(closeCode: 1009))
    }

    @Test("random messages survive random fragments, control frames and cuts", arguments: 1...50 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var random = SimulationRandom(seed: seed)
        var bytes: [UInt8] = []
        var events: [WebSocketEvent] = []
        for _ in 0..<20 {
            let isText = random.chance(0.5)
            let message = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: isText ? 0...127 : 0...255, using: &random)
            }
            var rest = message[...]
            var first: UInt8 = isText ? 1 : 2
            while random.chance(0.6) {
                let piece = rest.prefix(Int.random(in: 0...150, using: &random))
                rest = rest.dropFirst(piece.count)
                bytes += ServerFrame.raw(first, Array(piece))
                first = 0
                if random.chance(0.3) {
                    bytes += ServerFrame.pong(Array(message.prefix(125)))
                    events.append(.pong(Array(message.prefix(125))))
                }
            }
            bytes += ServerFrame.raw(0x80 | first, Array(rest))
            events.append(isText ? .text(message) : .binary(message))
        }
        let cuts = (0..<40).map { _ in Int.random(in: 0...bytes.count, using: &random) }
        #expect(Self.read(bytes, cuts: cuts) == Reading(events: events), "seed \(seed)")
    }

    @Test(
        "bent bytes give the same result however they are cut, and never a message that is too long",
        arguments: 1...100 as ClosedRange<UInt64>
    )
    func mutated(seed: UInt64) throws {
        var random = SimulationRandom(seed: seed, stream: "mutation")
        for _ in 0..<50 {
            var bytes = (0..<3).flatMap { _ in random.pick(Self.cases).bytes.prefix(400) }
            for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            }
            let whole = Self.read(bytes, maximumMessage: 300)
            let cuts = (0..<10).map { _ in Int.random(in: 0...bytes.count, using: &random) }
            #expect(Self.read(bytes, cuts: cuts, maximumMessage: 300) == whole, "seed \(seed): \(bytes)")
            for case .text(let text) in whole.events {
                #expect(text.count <= 300)
                #expect(String(validating: text, as: UTF8.self) != nil)
            }
        }
    }
}
