// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Probers

@Suite("DNSMessage")
struct DNSMessageTests {
    private static let query: [UInt8] = {
        guard let name = try? DNSName("www.Example.org") else { preconditionFailure("a legal name was refused") }
        return DNSQuery(name: name, type: .a, recursion: true, extended: true).message(id: 0x1234)
    }()

    /// 25 labels of nine letters and one of four: 256 octets with the root.
    private static let longName = DNSReply.name(String(repeating: "abcdefghi.", count: 25) + "abcd")

    private static func problem(_ reply: DNSReply) -> String? {
        do {
            _ = try DNSMessage(reply.bytes(to: query))
            return nil
        } catch {
            return error.message
        }
    }

    @Test("a question is header, name, type, class and an OPT record that offers 1232 bytes")
    func question() {
        let name: [UInt8] = [3] + Array("www".utf8) + [7] + Array("Example".utf8) + [3] + Array("org".utf8) + [0]
        let header: [UInt8] = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
        #expect(Self.query == header + name + [0, 1, 0, 1] + [0, 0, 41, 4, 0xD0, 0, 0, 0, 0, 0, 0])
    }

    @Test("the root is a name of one byte, and recursion can be left out")
    func root() throws {
        let query = DNSQuery(name: try DNSName("."), type: .ns, recursion: false, extended: false)
        #expect(query.message(id: 7) == [0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1])
        #expect(query.asked == ".")
    }

    @Test(
        "each type of record is read as dig writes it",
        arguments: [
            (1, [192, 0, 2, 1], "192.0.2.1"),
            (28, [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "2001:db8::1"),
            (2, DNSReply.name("NS1.example.org"), "ns1.example.org"),
            (5, [1, 97, 0xC0, 12], "a.www.example.org"),
            (12, DNSReply.name("host"), "host"),
            (15, [0, 10] + DNSReply.name("mx.example"), "10 mx.example"),
            (33, [0, 1, 0, 2, 0x14, 0x66] + DNSReply.name("sip.example"), "1 2 5222 sip.example"),
            (16, [3] + Array("v=s".utf8) + [2] + Array("p1".utf8), "v=sp1"),
            (16, [4, 34, 92, 7, 255], #"\"\\\007\255"#),
            (
                6,
                DNSReply.name("ns.example") + DNSReply.name("admin.example") + [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]
                    + [0, 0, 0, 4, 0, 0, 0, 5], "ns.example admin.example 1 2 3 4 5"
            ),
            (257, [0, 5] + Array("issueca.example".utf8), "0 issue \"ca.example\""),
            (99, [1, 2, 3], ""),
            (2, [3, 97, 46, 0x20, 0], #"a\.\032"#),
        ] as [(UInt16, [UInt8], String)]
    )
    func records(type: UInt16, data: [UInt8], text: String) throws {
        let reply = DNSReply(answers: [DNSReply.Record(type: type, data: data)])
        let message = try DNSMessage(reply.bytes(to: Self.query))
        #expect(message.answers.map(\.text) == [text])
        #expect(message.answers.map(\.name) == ["www.example.org"])
        #expect(message.records(of: type, for: "www.example.org") == [text])
    }

    @Test(
        "a hostile message is refused with what is wrong, whatever it does",
        arguments: [
            (
                "a pointer to itself",
                DNSReply(answers: [.init(name: [0xC0, 33])]),
                "a compressed name points to itself or ahead"
            ),
            (
                "a pointer ahead",
                DNSReply(answers: [.init(name: [0xC0, 40])]),
                "a compressed name points to itself or ahead"
            ),
            ("a loop of two", DNSReply(answers: [.init(name: [1, 97, 0xC0, 33])]), "a name runs over the end"),
            (
                "a label of an unknown kind",
                DNSReply(answers: [.init(name: [0x41, 0])]),
                "a name has a label of an unknown kind"
            ),
            (
                "a name of 256 octets",
                DNSReply(answers: [.init(name: longName)]),
                "a name is longer than 255 octets"
            ),
            ("a name over the end", DNSReply(announced: 1, tail: [9, 97]), "a name runs over the end"),
            ("half a pointer", DNSReply(announced: 1, tail: [0xC0]), "a name runs over the end"),
            ("an answer that is missing", DNSReply(announced: 1), "a name runs over the end"),
            (
                "a record that is cut",
                DNSReply(announced: 1, tail: [0xC0, 12, 0, 1, 0]),
                "it ends in the middle of a field"
            ),
            (
                "data over the end", DNSReply(announced: 1, tail: [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 9, 1]),
                "it ends in the middle of a field"
            ),
            (
                "a long address", DNSReply(answers: [.init(data: [1, 2, 3, 4, 5])]),
                "an address of 5 bytes instead of 4"
            ),
            ("a short address", DNSReply(answers: [.init(type: 28, data: [1])]), "an address of 1 bytes instead of 16"),
            (
                "a name over its data",
                DNSReply(answers: [.init(type: 5, data: [5, 97])], tail: [1, 1, 1, 1, 1, 0]),
                "a name runs over the end"
            ),
            (
                "bytes behind a name",
                DNSReply(answers: [.init(type: 5, data: [0, 1])]),
                "a record is longer than its data"
            ),
            (
                "a string over its data",
                DNSReply(answers: [.init(type: 16, data: [9, 1])]),
                "it ends in the middle of a field"
            ),
            ("an empty TXT record", DNSReply(answers: [.init(type: 16, data: [])]), "it ends in the middle of a field"),
            (
                "a CAA record without a property",
                DNSReply(answers: [.init(type: 257, data: [0, 0])]),
                "a CAA record without a property"
            ),
            ("too many records", DNSReply(announced: 65_535), "it announces more than a question and 512 records"),
            (
                "more than all records",
                DNSReply(announced: 65_535, additional: 65_535),
                "it announces more than a question and 512 records"
            ),
        ] as [(String, DNSReply, String)]
    )
    func hostile(what: String, reply: DNSReply, problem: String) {
        #expect(Self.problem(reply) == problem)
    }

    @Test("every prefix of a message and every flipped byte is read or refused, and never traps")
    func mutations() throws {
        let whole = DNSReply(
            answers: [
                .init(type: 5, data: DNSReply.name("a.example")), .init(name: DNSReply.name("a.example")),
                .init(type: 15, data: [0, 1, 0xC0, 12]), .init(type: 16, data: [2, 1, 2]),
            ],
            tail: [0, 0, 41, 4, 0xD0, 1, 0, 0, 0, 0, 0],
            additional: 1
        ).bytes(to: Self.query)
        #expect(try DNSMessage(whole).answers.count == 4)
        for length in 0..<whole.count {
            #expect(throws: DNSMessageProblem.self) { try DNSMessage(Array(whole.prefix(length))) }
        }
        for index in whole.indices {
            for value in [0, 1, 0x3F, 0x40, 0xC0, 0xFF] as [UInt8] {
                var changed = whole
                changed[index] = value
                if let message = try? DNSMessage(changed) { #expect(message.answers.count <= DNSMessage.mostRecords) }
            }
        }
    }

    @Test("what follows the cut of a truncated message is left out")
    func truncated() throws {
        let reply = DNSReply(flags: 0x8380, answers: [.init()], announced: 9, tail: [0xC0])
        let message = try DNSMessage(reply.bytes(to: Self.query))
        #expect(message.isTruncated)
        #expect(message.answers.count == 1)
    }

    @Test("the OPT record adds the upper bits of the code")
    func extendedCode() throws {
        let reply = DNSReply(tail: [0, 0, 41, 4, 0xD0, 1, 0, 0, 0, 0, 0], additional: 1)
        #expect(try DNSMessage(reply.bytes(to: Self.query)).code == 16)
    }

    @Test("records belong to the name asked for or to what it is an alias of, in any order, and to nobody else")
    func aliases() throws {
        let reply = DNSReply(answers: [
            .init(name: DNSReply.name("c.example"), data: [192, 0, 2, 3]),
            .init(name: DNSReply.name("other.example"), data: [192, 0, 2, 9]),
            .init(name: DNSReply.name("b.example"), type: 5, data: DNSReply.name("c.example")),
            .init(type: 5, data: DNSReply.name("B.Example")),
            .init(name: DNSReply.name("c.example"), recordClass: 3, data: [192, 0, 2, 8]),
        ])
        let message = try DNSMessage(reply.bytes(to: Self.query))
        #expect(message.records(of: 1, for: "www.example.org") == ["192.0.2.3"])
        #expect(message.records(of: 5, for: "www.example.org") == ["b.example"])
    }

    @Test("aliases that lead round in a circle lead nowhere")
    func aliasCircle() throws {
        let reply = DNSReply(answers: [
            .init(type: 5, data: DNSReply.name("b.example")),
            .init(name: DNSReply.name("b.example"), type: 5, data: DNSReply.name("www.example.org")),
        ])
        #expect(try DNSMessage(reply.bytes(to: Self.query)).records(of: 1, for: "www.example.org") == [])
    }
}
