// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Probers

@Suite("STARTTLS negotiation")
struct StartTLSNegotiationTests {
    /// Feeds the pieces and gives all that was sent, and how it ended.
    private func negotiate(_ protocol: StartTLSProtocol, _ pieces: [String]) -> (sent: String, end: String) {
        var negotiation = StartTLSNegotiation(`protocol`)
        var sent = ""
        for piece in [""] + pieces {
            negotiation.receive(Array(piece.utf8))
            var isWaiting = false
            while !isWaiting {
                switch negotiation.advance() {
                case .wait: isWaiting = true
                case .send(let bytes): sent += String(decoding: bytes, as: UTF8.self)
                case .upgrade: return (sent, "upgrade")
                case .failed(let failure): return (sent, "\(failure.reason.rawValue): \(failure.message)")
                }
            }
        }
        return (sent, "waits")
    }

    @Test(
        "a server that agrees is followed",
        arguments: [
            (
                StartTLSProtocol.smtp, ["220-a\r\n220 b\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n"],
                "EHLO bellwether\r\nSTARTTLS\r\n"
            ),
            (.smtp, "220 b\r\n250\r\n220 go\r\n".map(String.init), "EHLO bellwether\r\nSTARTTLS\r\n"),
            (.imap, ["* OK hi\r\n", "* CAPABILITY X\r\na1 OK go\r\n"], "a1 STARTTLS\r\n"),
            (.pop3, ["+OK hi\r\n", "+OK\r\n"], "STLS\r\n"),
        ]
    )
    func agrees(protocol: StartTLSProtocol, pieces: [String], sent: String) {
        #expect(negotiate(`protocol`, pieces) == (sent, "upgrade"))
    }

    @Test("PostgreSQL is asked with SSLRequest and answers S")
    func postgres() {
        var negotiation = StartTLSNegotiation(.postgres)
        guard case .send(let request) = negotiation.advance() else {
            Issue.record("nothing is sent")
            return
        }
        #expect(request == [0, 0, 0, 8, 4, 210, 22, 47])
        #expect(negotiate(.postgres, ["S"]).end == "upgrade")
    }

    @Test(
        "34: a server that refuses is told with its answer",
        arguments: [
            (
                StartTLSProtocol.smtp, ["220 b\r\n", "250 x\r\n", "454 not now\r\n"],
                "protocol: STARTTLS, step 3: the server refused TLS: 454 not now"
            ),
            (
                .smtp, ["220 b\r\n", "502 what?\r\n"],
                "protocol: STARTTLS, step 2: the server refused TLS: 502 what?"
            ),
            (
                .smtp, ["554 go away\r\n"],
                "protocol: STARTTLS, step 1: the server's greeting is no welcome: 554 go away"
            ),
            (.imap, ["* BYE\r\n"], "protocol: STARTTLS, step 1: the server's greeting is no welcome: * BYE"),
            (.imap, ["* OK\r\n", "a1 BAD no\r\n"], "protocol: STARTTLS, step 2: the server refused TLS: a1 BAD no"),
            (.pop3, ["+OK\r\n", "-ERR no\r\n"], "protocol: STARTTLS, step 2: the server refused TLS: -ERR no"),
            (.pop3, ["+OKAY\r\n"], "protocol: STARTTLS, step 1: the server's greeting is no welcome: +OKAY"),
            (.postgres, ["N"], "protocol: STARTTLS, step 1: the server refused TLS: N"),
            (
                .postgres, ["E"],
                "protocol: STARTTLS, step 1: the server answered the request for TLS with neither S nor N"
            ),
        ]
    )
    func refuses(protocol: StartTLSProtocol, pieces: [String], end: String) {
        #expect(negotiate(`protocol`, pieces).end == end)
    }

    @Test(
        "bytes behind the consent are an injection",
        arguments: [
            (StartTLSProtocol.smtp, ["220 b\r\n", "250 x\r\n", "220 go\r\n250 injected\r\n"], 14),
            (.imap, ["* OK\r\n", "a1 OK\r\nx"], 1), (.pop3, ["+OK\r\n", "+OK\r\nx"], 1), (.postgres, ["Sx"], 1),
        ]
    )
    func injected(protocol: StartTLSProtocol, pieces: [String], count: Int) {
        let end = negotiate(`protocol`, pieces).end
        let step = [.smtp: 3, .imap: 2, .pop3: 2, .postgres: 1][`protocol`] ?? 0
        #expect(
            end == "protocol: STARTTLS, step \(step): \(count) bytes followed the server's consent to TLS unencrypted"
        )
    }

    @Test("an answer without an end is bounded, whether of one line or of many")
    func endless() {
        let piece = String(repeating: "x", count: StartTLSNegotiation.mostBytes)
        #expect(negotiate(.smtp, [piece]).end == "waits")
        #expect(negotiate(.smtp, [piece, "x"]).end == "too_large: STARTTLS, step 1: more than 16 KiB before TLS")
        let lines = Array(repeating: "250-x\r\n", count: StartTLSNegotiation.mostBytes / 7)
        #expect(
            negotiate(.smtp, ["220 b\r\n"] + lines).end == "too_large: STARTTLS, step 2: more than 16 KiB before TLS"
        )
    }
}
