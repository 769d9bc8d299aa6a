// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import Testing

@Suite("TCP dialogs on loopback")
struct TCPDialogLoopbackTests {
    private let mail: [DialogStep] = [.expect("^220 "), .send("EHLO x\r\n"), .expect("^250")]

    @Test("32: a banner that matches lets the dialog go on to its end")
    func matches() async throws {
        let server = ByteServer(.send("220 mail\r\n"), .readSomething, .send("250 hi\r\n"), .silence)
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .none, mail)
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l7OK)
        #expect(outcome.failure == nil)
        #expect(outcome.address == "127.0.0.1:\(server.port)")
        #expect(outcome.phases.connect != nil)
        #expect(outcome.phases.firstByte != nil)
        #expect(outcome.phases.transfer != nil)
        #expect(outcome.phases.tls == nil)
    }

    @Test("32: a banner that comes byte by byte matches, too")
    func drips() async throws {
        let server = ByteServer(
            .drip("220 mail\r", everyMilliseconds: 1),
            .send("\n"),
            .readSomething,
            .drip("250 x\r\n", everyMilliseconds: 1),
            .silence
        )
        defer { server.stop() }
        // The server drops what it gets while it drips, so the whole line is waited for.
        let outcome = try await dialogOutcome(
            server.port,
            .none,
            [.expect("^220 mail\r\n"), .send("x"), .expect("^250")]
        )
        #expect(outcome.verdict == .healthy)
    }

    @Test("32: a banner that differs fails at once, with the step and what was said")
    func differs() async throws {
        let server = ByteServer(.send("554 go away\r\n"), .silence)
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .none, mail, timeout: .seconds(60))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l7Status)
        #expect(outcome.failure?.reason == .body)
        #expect(outcome.message == "step 1: the answer does not match /^220 /")
        #expect(outcome.failure?.evidence.excerpt == "554 go away  ")
        #expect(outcome.duration < .seconds(30))
    }

    @Test("32: a banner without a line end that does not match has timed out")
    func noNewline() async throws {
        let server = ByteServer(.send("554 go away"), .silence)
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .none, mail, timeout: fewSeconds)
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l7Timeout)
        #expect(outcome.message == "step 1, expect /^220 /: no answer within 3s")
        #expect(outcome.failure?.evidence.excerpt == "554 go away")
    }

    @Test("a whole line that does not match an expression without an anchor is a wrong answer at the deadline")
    func unmatchedLine() async throws {
        let server = ByteServer(.send("role:slave\r\n"), .silence)
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .none, [.expect("role:master")], timeout: fewSeconds)
        #expect(outcome.failure?.reason == .body)
        #expect(outcome.layer == .l7Status)
        #expect(outcome.message == "step 1, expect /role:master/: no match")
    }

    @Test("a peer that closes before a match has given a wrong answer, with an excerpt")
    func closes() async throws {
        let server = ByteServer(.send("role:slave\r\n"))
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .none, [.expect("role:master")])
        #expect(outcome.failure?.reason == .body)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.message == "step 1, expect /role:master/: connection closed before a match")
        #expect(outcome.failure?.evidence.excerpt == "role:slave  ")
    }

    @Test("an answer that is complete when the peer closes passes")
    func closesAfterAnswer() async throws {
        let server = ByteServer(.send("id 7"))
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .none, [.expect(#"^id (\d+)"#)])
        #expect(outcome.verdict == .healthy)
    }

    @Test("a peer that resets within the dialog has reset the connection")
    func resets() async throws {
        let server = ByteServer(.send("220 x\r\n"), .readSomething, .reset)
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .none, mail)
        #expect(outcome.failure?.reason == .reset)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.message == "step 3, expect /^250/: connection reset")
    }

    @Test("a flood without a match is too much", arguments: ["x", "x\n"])
    func flood(text: String) async throws {
        let server = ByteServer(.flood(String(repeating: text, count: 10_000)))
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .none, [.expect("never")])
        #expect(outcome.failure?.reason == .tooLarge)
        #expect(outcome.message == "step 1: 64 KiB without a match of /never/")
        #expect((outcome.failure?.evidence.excerpt?.count ?? 0) <= 200)
    }

    @Test("a silent peer has timed out at the step that waited for it")
    func silent() async throws {
        let server = ByteServer(.silence)
        defer { server.stop() }
        let outcome = try await dialogOutcome(
            server.port,
            .none,
            [.send("PING\r\n"), .expect("PONG")],
            timeout: fewSeconds
        )
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.message == "step 2, expect /PONG/: no answer within 3s")
        #expect(outcome.duration >= fewSeconds)
    }

    @Test("a peer that accepts and does not read is noticed by its silence")
    func neverReads() async throws {
        let listener = try Listener("127.0.0.1")
        let text = String(repeating: "x", count: DialogText.maximumLength)
        let steps = Array(repeating: DialogStep.send(text), count: 63) + [.expect("never")]
        let outcome = try await dialogOutcome(listener.port, .none, steps, timeout: fewSeconds)
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l7Timeout)
        #expect(outcome.message.hasPrefix("step 64, expect /never/: "))
    }

    @Test("a port without a listener is refused as ever")
    func refused() async throws {
        let bound = try Listener("127.0.0.1", backlog: nil)
        let outcome = try await dialogOutcome(bound.port, .none, mail)
        #expect(outcome.failure?.reason == .refused)
        #expect(outcome.layer == .l4Connection)
    }

    @Test("35: a real redis answers PONG and tells its role")
    func redis() async throws {
        let server = try RedisServer()
        defer { server.stop() }
        let ping: [DialogStep] = [.send("PING\r\n"), .expect(#"^\+PONG\r\n"#)]
        let master = ping + [.send("INFO replication\r\n"), .expect("role:master")]
        #expect(try await dialogOutcome(server.port, .none, master).verdict == .healthy)
        let replica = ping + [.send("INFO replication\r\n"), .expect("role:slave")]
        let outcome = try await dialogOutcome(server.port, .none, replica, timeout: fewSeconds)
        #expect(outcome.failure?.reason == .body)
        #expect(outcome.message == "step 4, expect /role:slave/: no match")
    }
}
