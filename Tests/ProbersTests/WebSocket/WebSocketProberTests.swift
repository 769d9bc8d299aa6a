// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing
import TransportSecurity

/// Against a server that sends what it should, and what it should not, byte for byte.
@Suite("WebSocketProber")
struct WebSocketProberTests {
    /// Probes the peer once, for real.
    static func probe(
        _ peer: WebSocketPeer,
        _ dialog: [WebSocketProbe.Step] = [],
        ping: Bool = false,
        timeout: Duration = .seconds(30)
    ) async throws -> Outcome {
        let url = try WebSocketURL("ws://127.0.0.1:\(peer.port)/")
        return try await probe(WebSocketProbe(url: url, dialog: dialog, ping: ping), timeout: timeout)
    }

    static func probe(_ probe: WebSocketProbe, timeout: Duration = .seconds(30)) async throws -> Outcome {
        try await withLoop { loop in
            let resolver = try SystemResolver()
            let prober = try WebSocketProber(probe, resolver: resolver, files: TLSFiles())
            let outcome = await withCheckedContinuation(isolation: loop) { continuation in
                let observer = WebSocketOutcomeWaiter(continuation)
                prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: timeout), for: observer, on: loop)
            }
            prober.stop(on: loop)
            resolver.stop(on: loop)
            return outcome
        }
    }

    private let goodbye: [WebSocketPeer.Step] = [.readFrame, .send(ServerFrame.close(1000)), .end]

    @Test("an upgrade and a closing handshake pass, with every phase")
    func smallest() async throws {
        let peer = WebSocketPeer([.upgrade()] + goodbye)
        let outcome = try await Self.probe(peer)
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l7OK)
        #expect(outcome.failure == nil)
        #expect(outcome.address == "127.0.0.1:\(peer.port)")
        #expect(outcome.observed == Observed(httpStatus: 101, closeCode: 1000))
        #expect(outcome.phases.connect != nil)
        #expect(outcome.phases.firstByte != nil)
        #expect(outcome.phases.transfer != nil)
        #expect(outcome.message.hasPrefix("101 in "))
        #expect(await peer.frames() == [WebSocketSessionTests.close1000])
    }

    @Test("an echo is heard: whole, in fragments, after a ping that is answered, and byte by byte")
    func echo() async throws {
        let fragments =
            ServerFrame.text("th", isFinal: false) + ServerFrame.ping("!") + ServerFrame.continuation(Array("ird".utf8))
        let steps: [WebSocketPeer.Step] = [
            .upgrade(), .readFrame, .echo(0x81), .readFrame, .drip(ServerFrame.text("second")), .readFrame,
            .send(fragments), .readFrame,
        ]
        let peer = WebSocketPeer(steps + goodbye)
        let outcome = try await Self.probe(
            peer,
            [.send("one"), .expect("^one$"), .send("two"), .expect("second"), .send("three"), .expect("^third$")]
        )
        #expect(outcome.verdict == .healthy)
        let texts = ["one", "two", "three"].map { WebSocketSessionTests.text($0) }
        #expect(
            await peer.frames() == texts + [ClientFrame(first: 0x8A, payload: [0x21]), WebSocketSessionTests.close1000]
        )
    }

    @Test("a ping is sent when asked for, and its pong awaited")
    func ping() async throws {
        let peer = WebSocketPeer([.upgrade(), .readFrame, .echo(0x8A)] + goodbye)
        let outcome = try await Self.probe(peer, ping: true)
        #expect(outcome.verdict == .healthy)
        #expect(await peer.frames()?.map(\.first) == [0x89, 0x88])
    }

    @Test("a large message in both directions passes")
    func large() async throws {
        let peer = WebSocketPeer([.upgrade(), .readFrame, .echo(0x82)] + goodbye)
        let payload = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let outcome = try await Self.probe(peer, [.sendBinary(payload), .expectBinary(payload)])
        #expect(outcome.verdict == .healthy)
    }

    @Test("a wrong or missing Sec-WebSocket-Accept is ws_accept", arguments: ["AAAA", ""])
    func accept(value: String) async throws {
        let outcome = try await Self.probe(WebSocketPeer([.upgrade(["Sec-WebSocket-Accept": value])]))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.failure?.reason == .webSocketAccept)
    }

    @Test(
        "an answer that upgrades nothing is ws_upgrade, with its status and beginning",
        arguments: [("200 OK", 200), ("401 Unauthorized", 401), ("101 Switching Protocols", 101)]
    )
    func upgrade(line: String, status: Int) async throws {
        let answer = UpgradeAnswer.head(["HTTP/1.1 \(line)", "Content-Length: 5"]) + Array("sorry".utf8)
        let outcome = try await Self.probe(WebSocketPeer([.answer(answer)]))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.failure?.reason == .webSocketUpgrade)
        #expect(outcome.failure?.evidence.excerpt == "sorry")
        #expect(outcome.observed.httpStatus == status)
        #expect(outcome.layer == (status == 101 ? .l7Response : .l7Status))
    }

    @Test("two Upgrade fields, and a 101 after which HTTP goes on, are ws_upgrade")
    func smuggled() async throws {
        let twice = try await Self.probe(WebSocketPeer([.upgrade(more: ["Upgrade: websocket"])]))
        #expect(twice.failure?.reason == .webSocketUpgrade)
        let http = try await Self.probe(
            WebSocketPeer([.upgrade(), .send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))]),
            [.expect("x")]
        )
        #expect(http.failure?.reason == .webSocketUpgrade)
    }

    /// What breaks the protocol, and the code that the server is told.
    static let violations: [(String, [UInt8], UInt16)] = [
        ("masked", ServerFrame.raw(0x81, [1], mask: [1, 2, 3, 4]), 1002),
        ("RSV1", ServerFrame.raw(0xC1), 1002),
        ("opcode 3", ServerFrame.raw(0x83), 1002),
        ("ping of 126 bytes", ServerFrame.raw(0x89, [UInt8](repeating: 0, count: 126)), 1002),
        ("bad UTF-8", ServerFrame.raw(0x81, [0xFF]), 1007),
        ("bad UTF-8 over fragments", ServerFrame.raw(0x01, [0xED]) + ServerFrame.raw(0x80, [0xA0]), 1007),
        ("2^63 bytes", ServerFrame.announcing(1 << 63), 1002),
        ("2^62 bytes", ServerFrame.announcing(1 << 62), 1009),
        ("65,537 bytes", ServerFrame.announcing(65_537), 1009),
        ("close 1005", ServerFrame.close(1005), 1002),
        ("close 1006", ServerFrame.close(1006), 1002),
        ("close 999", ServerFrame.close(999), 1002),
    ]

    @Test("what breaks the protocol is ws_protocol, and the server is told the code", arguments: violations)
    func violation(name: String, bytes: [UInt8], code: UInt16) async throws {
        let peer = WebSocketPeer([.upgrade(), .send(bytes)])
        let outcome = try await Self.probe(peer, [.expect("never")])
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.failure?.reason == .webSocketProtocol)
        #expect(outcome.failure?.evidence.phase == .transfer)
        #expect(await peer.frames() == [ClientFrame(first: 0x88, payload: [UInt8(code >> 8), UInt8(code & 0xFF)])])
    }

    @Test(
        "a flood of fragments or of pings ends soon",
        arguments: [[UInt8](arrayLiteral: 0x01, 0x00), ServerFrame.ping("x")]
    )
    func flood(beginning: [UInt8]) async throws {
        let more = beginning[0] == 0x01 ? [UInt8](arrayLiteral: 0x00, 0x00) : beginning
        let peer = WebSocketPeer([
            .upgrade(), .send(beginning), .flood(Array([[UInt8]](repeating: more, count: 4_096).joined())),
        ])
        let outcome = try await Self.probe(peer, [.expect("never")])
        #expect(outcome.failure?.reason == (beginning[0] == 0x01 ? .webSocketProtocol : .tooLarge))
        #expect(outcome.duration < .seconds(20))
    }

    @Test("a server that is silent after the upgrade has timed out, when it was to")
    func silent() async throws {
        let outcome = try await Self.probe(WebSocketPeer([.upgrade()]), [.expect("x")], timeout: .milliseconds(300))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l7Timeout)
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.duration >= .milliseconds(300))
        #expect(outcome.duration < .seconds(20))
        #expect(outcome.observed.httpStatus == 101)
    }

    @Test("a server that says nothing at all has timed out before the first byte")
    func mute() async throws {
        let outcome = try await Self.probe(WebSocketPeer([.answer([])]), timeout: .milliseconds(200))
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.failure?.evidence.phase == .firstByte)
        #expect(outcome.phases.firstByte.map { $0 > .milliseconds(100) } == true)
        #expect(outcome.phases.transfer == nil)
    }

    @Test("a server that does not answer our Close passes, and the connection is ended by us soon")
    func noCloseAnswer() async throws {
        let peer = WebSocketPeer([.upgrade(), .readFrame])
        let outcome = try await Self.probe(peer)
        #expect(outcome.verdict == .healthy)
        #expect(outcome.observed.closeCode == nil)
        #expect(outcome.duration >= WebSocketProber.closePatience)
        #expect(outcome.duration < .seconds(20))
        #expect(await peer.frames() == [WebSocketSessionTests.close1000])
    }

    @Test("a deadline that comes before our patience ends passes too, at the deadline")
    func shortClose() async throws {
        let outcome = try await Self.probe(WebSocketPeer([.upgrade()]), timeout: .milliseconds(250))
        #expect(outcome.verdict == .healthy)
        #expect(outcome.duration >= .milliseconds(250))
    }

    @Test("a Close that is not awaited is ws_close with its code and reason, and is answered")
    func closed() async throws {
        let peer = WebSocketPeer([.upgrade(), .send(ServerFrame.close(1013, Array("later".utf8)))])
        let outcome = try await Self.probe(peer, [.expect("x")])
        #expect(outcome.layer == .l7Status)
        #expect(outcome.failure?.reason == .webSocketClose)
        #expect(outcome.message == "the server closed with code 1013 (later)")
        #expect(outcome.observed.closeCode == 1013)
        #expect(await peer.frames() == [ClientFrame(first: 0x88, payload: [0x03, 0xF5])])
    }

    @Test(
        "a connection that ends or breaks is told as what it is",
        arguments: [
            ([.end], .protocolError, .firstByte), ([.answer([]), .reset], .reset, .firstByte),
            ([.upgrade(), .end], .webSocketClose, .transfer), ([.upgrade(), .readFrame, .reset], .reset, .transfer),
        ] as [([WebSocketPeer.Step], FailureReason, Phase)]
    )
    func broken(steps: [WebSocketPeer.Step], reason: FailureReason, phase: Phase) async throws {
        let outcome = try await Self.probe(WebSocketPeer(steps), [.send("a"), .expect("x")])
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.failure?.reason == reason)
        #expect(outcome.failure?.evidence.phase == phase)
    }

    @Test("a port without a listener is refused")
    func refused() async throws {
        let (descriptor, port) = LocalSocket.bound(backlog: nil)
        let outcome = try await Self.probe(WebSocketProbe(url: try WebSocketURL("ws://127.0.0.1:\(port)/")))
        close(descriptor)
        #expect(outcome.layer == .l4Connection)
        #expect(outcome.failure?.reason == .refused)
    }

    @Test("a run that is stopped leaves nothing open")
    func stopped() async throws {
        let peer = WebSocketPeer([.upgrade()])
        let probe = WebSocketProbe(url: try WebSocketURL("ws://127.0.0.1:\(peer.port)/"), dialog: [.expect("x")])
        try await withLoop { loop in
            let resolver = try SystemResolver()
            let prober = try WebSocketProber(probe, resolver: resolver, files: TLSFiles())
            let observer = WebSocketOutcomeWaiter(nil)
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: .seconds(30)), for: observer, on: loop)
            #expect(loop.budget.held == 1)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
            resolver.stop(on: loop)
        }
    }
}

/// Resumes a waiting test with the outcome; without a test, none may come.
final class WebSocketOutcomeWaiter: ProbeObserver {
    private let continuation: CheckedContinuation<Outcome, Never>?

    init(_ continuation: CheckedContinuation<Outcome, Never>?) {
        self.continuation = continuation
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        #expect(continuation != nil)
        continuation?.resume(returning: outcome)
    }
}
