// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Testing

@Suite("WebSocketSession")
struct WebSocketSessionTests {
    /// A session with its peer's answers at hand.
    struct Talk {
        var session: WebSocketSession
        /// The right `Sec-WebSocket-Accept`.
        let accept: String

        init(
            _ dialog: [WebSocketProbe.Step] = [],
            ping: Bool = false,
            subprotocol: String? = nil,
            maximumMessage: Int = 65_536
        ) throws {
            let probe = WebSocketProbe(
                url: try WebSocketURL("ws://feed.test/"),
                subprotocol: subprotocol,
                dialog: dialog,
                ping: ping,
                maximumMessageBytes: maximumMessage
            )
            let steps = try dialog.map { try WebSocketDialog.Step($0) }
            session = WebSocketSession(probe, steps, random: SimulationRandom(seed: 3))
            accept = UpgradeAnswer.accept(for: session.takeOutput())
        }

        /// The same, upgraded.
        static func upgraded(
            _ dialog: [WebSocketProbe.Step] = [],
            ping: Bool = false,
            maximumMessage: Int = 65_536
        ) throws -> Talk {
            var talk = try Talk(dialog, ping: ping, maximumMessage: maximumMessage)
            talk.session.receive(UpgradeAnswer.upgrade(accept: talk.accept))
            return talk
        }

        /// The frames that are to be sent now.
        mutating func sent() -> [ClientFrame]? { ClientFrame.all(in: session.takeOutput()) }

        var failure: Failure? { session.ending?.failure }
    }

    static let close1000 = ClientFrame(first: 0x88, payload: [0x03, 0xE8])

    static func text(_ text: String) -> ClientFrame { ClientFrame(first: 0x81, payload: Array(text.utf8)) }

    // MARK: - The upgrade

    @Test("after 101 an empty dialog is over: Close 1000 goes out, and the peer's Close and the end make it pass")
    func smallest() throws {
        var talk = try Talk()
        #expect(talk.session.stage == .upgrading)
        talk.session.receive(UpgradeAnswer.upgrade(accept: talk.accept))
        #expect(talk.session.stage == .closing)
        #expect(talk.sent() == [Self.close1000])
        talk.session.receive(ServerFrame.close(1000))
        #expect(talk.session.stage == .closed)
        talk.session.peerEnded()
        #expect(talk.session.stage == .over)
        #expect(talk.session.ending == WebSocketEnding(failure: nil, layer: .l7OK))
        #expect(talk.session.status == 101)
        #expect(talk.session.closeCode == 1000)
    }

    @Test(
        "the deciding fields are compared without case, and Connection may name more",
        arguments: [
            ["Upgrade": "WebSocket", "Connection": "upgrade"],
            ["Connection": "keep-alive, Upgrade"], ["Connection": "UPGRADE ,\tkeep-alive"],
        ]
    )
    func lenient(changes: [String: String]) throws {
        var talk = try Talk()
        talk.session.receive(UpgradeAnswer.upgrade(accept: talk.accept, changes))
        #expect(talk.session.stage == .closing)
    }

    /// An answer that is no upgrade; `changes` as in `UpgradeAnswer.upgrade`.
    struct Refusal: CustomTestStringConvertible {
        var changes: [String: String] = [:]
        var more: [String] = []
        var status = "HTTP/1.1 101 Switching Protocols"
        var reason = FailureReason.webSocketUpgrade
        var layer = Layer.l7Response
        var message: String

        var testDescription: String { message }
    }

    static let refusals: [Refusal] = [
        Refusal(status: "HTTP/1.1 200 OK", layer: .l7Status, message: "200 OK, expected 101"),
        Refusal(status: "HTTP/1.1 401 Unauthorized", layer: .l7Status, message: "401 Unauthorized, expected 101"),
        Refusal(status: "HTTP/1.1 503", layer: .l7Status, message: "503, expected 101"),
        Refusal(status: "HTTP/1.0 101 x", message: "101 in HTTP/1.0, which knows no upgrade"),
        Refusal(changes: ["Upgrade": ""], message: "101 without an Upgrade field"),
        Refusal(changes: ["Upgrade": "h2c"], message: "101 to \"h2c\""),
        Refusal(changes: ["Upgrade": "websocket, h2c"], message: "101 to \"websocket, h2c\""),
        Refusal(changes: ["Connection": ""], message: "101 without \"Connection: Upgrade\""),
        Refusal(changes: ["Connection": "close"], message: "101 without \"Connection: Upgrade\""),
        Refusal(changes: ["Connection": "upgraded"], message: "101 without \"Connection: Upgrade\""),
        Refusal(more: ["upgrade: websocket"], message: "several Upgrade fields in the answer"),
        Refusal(more: ["Connection: Upgrade"], message: "several Connection fields in the answer"),
        Refusal(more: ["sec-websocket-accept: x"], message: "several Sec-WebSocket-Accept fields in the answer"),
        Refusal(
            changes: ["Sec-WebSocket-Accept": ""],
            reason: .webSocketAccept,
            message: "101 without Sec-WebSocket-Accept"
        ),
        Refusal(
            more: ["Sec-WebSocket-Extensions: permessage-deflate"],
            message: "extension \"permessage-deflate\", but none was offered"
        ),
        Refusal(more: ["Sec-WebSocket-Protocol: chat"], message: "subprotocol \"chat\", but none was offered"),
    ]

    @Test("an answer that is no upgrade is refused, with what was wrong", arguments: refusals)
    func refused(_ refusal: Refusal) throws {
        var talk = try Talk()
        let answer = UpgradeAnswer.upgrade(
            accept: talk.accept,
            status: refusal.status,
            refusal.changes,
            more: refusal.more
        )
        talk.session.receive(answer + Array("No\nway".utf8))
        let failure = Failure(
            refusal.reason,
            refusal.message,
            evidence: Evidence(phase: .firstByte, excerpt: "No way")
        )
        #expect(talk.session.ending == WebSocketEnding(failure: failure, layer: refusal.layer))
        #expect(talk.sent() == [])
    }

    @Test("a wrong Sec-WebSocket-Accept is shown beside the right one")
    func wrongAccept() throws {
        var talk = try Talk()
        talk.session.receive(UpgradeAnswer.upgrade(accept: talk.accept.lowercased()))
        #expect(talk.failure?.reason == .webSocketAccept)
        #expect(
            talk.failure?.message
                == "Sec-WebSocket-Accept is \"\(talk.accept.lowercased())\", expected \"\(talk.accept)\""
        )
    }

    @Test(
        "an offered subprotocol must be chosen",
        arguments: [
            (["Sec-WebSocket-Protocol: chat"], nil),
            ([], "subprotocol \"chat\" was not accepted"),
            (["Sec-WebSocket-Protocol: Chat"], "subprotocol \"Chat\", offered \"chat\""),
            (
                ["Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: chat"],
                "several Sec-WebSocket-Protocol fields in the answer"
            ),
        ] as [([String], String?)]
    )
    func subprotocol(more: [String], message: String?) throws {
        var talk = try Talk(subprotocol: "chat")
        talk.session.receive(UpgradeAnswer.upgrade(accept: talk.accept, more: more))
        #expect(talk.failure?.message == message)
        #expect(talk.failure?.reason == (message == nil ? nil : .webSocketUpgrade))
    }

    @Test("a 101 after which HTTP goes on is no upgrade")
    func httpAfter101() throws {
        var talk = try Talk([.expect("x")])
        talk.session.receive(UpgradeAnswer.upgrade(accept: talk.accept) + Array("HTTP/1.1 200 OK\r\n".utf8))
        #expect(talk.failure?.reason == .webSocketUpgrade)
        #expect(talk.failure?.message == "101, and then HTTP goes on")
        #expect(talk.failure?.evidence.excerpt == "HTTP/1.1 200 OK  ")
    }

    @Test(
        "an answer that is not HTTP, or too long, is told as such",
        arguments: [
            ("SSH-2.0-x", FailureReason.protocolError),
            ("HTTP/1.1 101 x\r\nA: " + String(repeating: "a", count: 17_000), .tooLarge),
        ]
    )
    func notHTTP(text: String, reason: FailureReason) throws {
        var talk = try Talk()
        talk.session.receive(Array(text.utf8))
        #expect(talk.failure?.reason == reason)
        #expect(talk.session.ending?.layer == .l7Response)
    }

    @Test(
        "an upgrade that does not come is a timeout or an early end",
        arguments: [("", "no answer"), ("HTTP/1.1 101", "no whole answer")]
    )
    func noUpgrade(text: String, seen: String) throws {
        var talk = try Talk()
        talk.session.receive(Array(text.utf8))
        var other = talk
        talk.session.timeUp(after: .seconds(2))
        #expect(
            talk.failure == Failure(.timeout, "\(seen) to the upgrade within 2s", evidence: Evidence(phase: .firstByte))
        )
        #expect(talk.session.ending?.layer == .l7Timeout)
        other.session.peerEnded()
        #expect(other.failure?.reason == .protocolError)
        #expect(other.session.ending?.layer == .l7Response)
    }

    // MARK: - The dialog

    @Test("what is to be said goes out until something is expected, and goes on once it has come")
    func dialog() throws {
        var talk = try Talk.upgraded([
            .send("a"), .sendBinary([1, 2]), .expect("^po.g$"), .send("b"), .expectBinary([9]),
        ])
        #expect(talk.sent() == [Self.text("a"), ClientFrame(first: 0x82, payload: [1, 2])])
        talk.session.receive(ServerFrame.text("pong"))
        #expect(talk.sent() == [Self.text("b")])
        talk.session.receive(ServerFrame.binary([9]))
        #expect(talk.sent() == [Self.close1000])
        #expect(talk.session.stage == .closing)
    }

    @Test("messages that are not awaited are passed over: greetings, others' news, the text of the bytes awaited")
    func passedOver() throws {
        var talk = try Talk.upgraded([.expect("pong"), .expectBinary([0x41])])
        talk.session.receive(ServerFrame.text("hello") + ServerFrame.text("ping pong") + ServerFrame.text("A"))
        #expect(talk.session.stage == .talking)
        talk.session.receive(ServerFrame.binary([0x41]))
        #expect(talk.session.stage == .closing)
    }

    @Test("an expression may match a binary message")
    func binaryMatch() throws {
        var talk = try Talk.upgraded([.expect("pong")])
        talk.session.receive(ServerFrame.binary(Array("pong".utf8)))
        #expect(talk.session.stage == .closing)
    }

    @Test("frames that came with the head of the answer are read")
    func together() throws {
        var talk = try Talk([.expect("now")])
        talk.session.receive(
            UpgradeAnswer.upgrade(accept: talk.accept) + ServerFrame.text("now") + ServerFrame.close(1001)
        )
        #expect(talk.session.stage == .closed)
        #expect(talk.session.closeCode == 1001)
    }

    @Test("a silent server has timed out, and is told goodbye")
    func silent() throws {
        var talk = try Talk.upgraded([.send("a"), .expect("pong")])
        _ = talk.sent()
        talk.session.timeUp(after: .milliseconds(1500))
        let message = "no message within 1.5s, expected a match of \"pong\""
        #expect(talk.failure == Failure(.timeout, message, evidence: Evidence(phase: .transfer)))
        #expect(talk.session.ending?.layer == .l7Timeout)
        #expect(talk.sent() == [Self.close1000])
    }

    @Test("a server that says other things has said the wrong ones, and the last is shown")
    func otherThings() throws {
        var talk = try Talk.upgraded([.expect("pong")])
        talk.session.receive(ServerFrame.text("error 1") + ServerFrame.text("error 2"))
        talk.session.timeUp(after: .seconds(1))
        let message = "2 messages passed over, expected a match of \"pong\""
        #expect(talk.failure == Failure(.body, message, evidence: Evidence(phase: .transfer, excerpt: "error 2")))
        #expect(talk.session.ending?.layer == .l7Status)
    }

    @Test("messages are passed over 1,024 times at most")
    func flood() throws {
        var talk = try Talk.upgraded([.expectBinary([1, 2])])
        for _ in 0..<1_023 { talk.session.receive(ServerFrame.text("")) }
        #expect(talk.session.stage == .talking)
        talk.session.receive(ServerFrame.text("x"))
        #expect(talk.failure?.message == "1024 messages passed over, expected a binary message of 2 given bytes")
    }

    @Test("a peer that sends a mebibyte without coming to the point is too large")
    func bytes() throws {
        var talk = try Talk.upgraded([.expect("x")])
        let frame = ServerFrame.raw(0x8A, [UInt8](repeating: 0, count: 125))
        for _ in 0..<(1_024 * 1_024 / frame.count) { talk.session.receive(frame) }
        #expect(talk.session.stage == .over)
        #expect(talk.failure?.reason == .tooLarge)
        #expect(talk.sent() == [ClientFrame(first: 0x88, payload: [0x03, 0xF1])])
    }

    @Test("a search that costs too much is our trouble")
    func expensive() throws {
        var talk = try Talk.upgraded([.expect("(a+)+$")])
        talk.session.receive(ServerFrame.text(String(repeating: "a", count: 5_000) + "b"))
        #expect(talk.failure?.reason == .internal)
    }

    // MARK: - Pings

    @Test("a ping is answered with its payload, before, in and between everything")
    func pong() throws {
        var talk = try Talk([.expect("x"), .send("y"), .expect("z")])
        talk.session.receive(UpgradeAnswer.upgrade(accept: talk.accept) + ServerFrame.ping("1"))
        #expect(talk.sent() == [ClientFrame(first: 0x8A, payload: [0x31])])
        talk.session.receive(ServerFrame.ping("2") + ServerFrame.text("x"))
        #expect(talk.sent() == [ClientFrame(first: 0x8A, payload: [0x32]), Self.text("y")])
        talk.session.receive(ServerFrame.text("z", isFinal: false) + ServerFrame.ping("3"))
        #expect(talk.sent() == [ClientFrame(first: 0x8A, payload: [0x33])])
        talk.session.receive(ServerFrame.continuation([]))
        #expect(talk.session.stage == .closing)
    }

    @Test("of pings that came together the last is answered")
    func pings() throws {
        var talk = try Talk.upgraded([.expect("x")])
        talk.session.receive((0..<500).flatMap { ServerFrame.ping("\($0)") })
        #expect(talk.sent() == [ClientFrame(first: 0x8A, payload: Array("499".utf8))])
    }

    @Test("with ping the pong of the same payload is awaited, and no other will do")
    func ownPing() throws {
        var talk = try Talk.upgraded([.expect("x")], ping: true)
        talk.session.receive(ServerFrame.text("x"))
        let ping = try #require(talk.sent()?.first)
        #expect(ping.first == 0x89)
        #expect(ping.payload.count == 8)
        talk.session.receive(ServerFrame.pong([]) + ServerFrame.pong(ping.payload.reversed()) + ServerFrame.text("?"))
        #expect(talk.session.stage == .talking)
        var other = talk
        talk.session.receive(ServerFrame.pong(ping.payload))
        #expect(talk.session.stage == .closing)
        #expect(talk.sent() == [Self.close1000])
        other.session.timeUp(after: .seconds(1))
        #expect(other.failure == Failure(.timeout, "no pong within 1s", evidence: Evidence(phase: .transfer)))
    }

    @Test("after our Close nothing is sent any more")
    func nothingAfterClose() throws {
        var talk = try Talk.upgraded()
        _ = talk.sent()
        talk.session.receive(ServerFrame.ping("x") + ServerFrame.text("late"))
        #expect(talk.sent() == [])
        #expect(talk.session.stage == .closing)
    }

    // MARK: - The end

    @Test(
        "a Close that is not awaited is answered with its code, and fails the probe",
        arguments: [
            (1000, "", "the server closed with code 1000", [0x03, 0xE8]),
            (1011, "out of cheese", "the server closed with code 1011 (out of cheese)", [0x03, 0xF3]),
            (nil, "", "the server closed without a code", []),
        ] as [(UInt16?, String, String, [UInt8])]
    )
    func unexpectedClose(code: UInt16?, reason: String, message: String, answer: [UInt8]) throws {
        var talk = try Talk.upgraded([.expect("x")])
        talk.session.receive(ServerFrame.close(code, Array(reason.utf8)) + ServerFrame.text("x"))
        #expect(talk.failure == Failure(.webSocketClose, message, evidence: Evidence(phase: .transfer)))
        #expect(talk.session.ending?.layer == .l7Status)
        #expect(talk.session.closeCode == code ?? 1005)
        #expect(talk.sent() == [ClientFrame(first: 0x88, payload: answer)])
    }

    @Test("a connection that ends within the dialog has closed without a frame, 1006")
    func abnormal() throws {
        var talk = try Talk.upgraded([.expect("x")])
        talk.session.peerEnded()
        #expect(talk.failure?.reason == .webSocketClose)
        #expect(talk.failure?.message == "the connection ended without a close frame")
        #expect(talk.session.closeCode == 1006)
    }

    @Test("a connection that fails within the dialog failed for the connection's reason")
    func reset() throws {
        var talk = try Talk.upgraded([.expect("x")])
        talk.session.connectionFailed(Failure(.reset, "reset"))
        #expect(talk.failure == Failure(.reset, "reset"))
    }

    @Test("a server that does not answer our Close in time, ends or resets instead, still passes")
    func closeUnanswered() throws {
        let talk = try Talk.upgraded()
        var (late, ended, reset) = (talk, talk, talk)
        late.session.timeUp(after: .milliseconds(500))
        ended.session.peerEnded()
        reset.session.connectionFailed(Failure(.reset, "reset"))
        for one in [late, ended, reset] { #expect(one.session.ending == WebSocketEnding(failure: nil, layer: .l7OK)) }
    }

    @Test(
        "a violation fails the probe, and the server is told its code",
        arguments: WebSocketReaderTests.cases.filter { $0.closeCode != nil }
    )
    func violation(_ example: WebSocketReaderTests.Case) throws {
        var talk = try Talk.upgraded([.expectBinary([0xEE])])
        talk.session.receive(example.bytes)
        let code = try #require(example.closeCode)
        #expect(talk.failure?.reason == .webSocketProtocol)
        #expect(talk.session.ending?.layer == .l7Response)
        #expect(talk.sent()?.last == ClientFrame(first: 0x88, payload: [UInt8(code >> 8), UInt8(code & 0xFF)]))
    }

    @Test("a violation while our Close is on its way fails the probe too")
    func violationWhileClosing() throws {
        var talk = try Talk.upgraded()
        _ = talk.sent()
        talk.session.receive(ServerFrame.close(1006))
        #expect(talk.failure?.reason == .webSocketProtocol)
        #expect(talk.sent() == [])
    }

    @Test(
        "how the server's bytes are cut changes nothing but which pings share a pong",
        arguments: 1...50 as ClosedRange<UInt64>
    )
    func cuts(seed: UInt64) throws {
        var random = SimulationRandom(seed: seed)
        let dialog: [WebSocketProbe.Step] = [.expect("hello"), .send("a"), .expect("b"), .send("c")]
        var whole = try Talk(dialog)
        var cut = try Talk(dialog)
        var bytes =
            UpgradeAnswer.upgrade(accept: whole.accept) + ServerFrame.text("hel", isFinal: false)
            + ServerFrame.continuation(Array("lo".utf8)) + ServerFrame.text("b") + ServerFrame.close(1000)
        if random.chance(0.5) {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
        }
        whole.session.receive(bytes)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...30, using: &random))
            rest = rest.dropFirst(piece.count)
            cut.session.receive(Array(piece))
        }
        #expect(cut.session.stage == whole.session.stage, "seed \(seed)")
        #expect(cut.failure?.reason == whole.failure?.reason, "seed \(seed)")
        #expect(cut.failure?.message == whole.failure?.message, "seed \(seed)")
        #expect(cut.session.closeCode == whole.session.closeCode, "seed \(seed)")
    }
}
