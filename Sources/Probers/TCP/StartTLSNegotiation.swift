// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Asks a server in its own protocol to go on in TLS: takes what arrives, and says what is to be done.
struct StartTLSNegotiation {
    /// What is to be done next.
    enum Action {
        case send([UInt8])
        /// Nothing, until more has arrived.
        case wait
        /// The server has agreed, and has sent nothing since.
        case upgrade
        case failed(Failure)
    }

    /// One answer that is waited for, and what is sent after it.
    private struct Turn {
        /// What a last line that agrees begins with.
        let agreement: String
        /// What is said next; nil = TLS begins.
        let reply: String?
    }

    /// Most bytes of all answers together: more than any greeting with its capabilities needs.
    static let mostBytes = 16_384

    private let `protocol`: StartTLSProtocol
    private let turns: [Turn]
    private var next = 0
    private var isBegun = false
    private var input: [UInt8] = []
    /// How many bytes have arrived, understood ones included: lines that are not the last of an answer have no end otherwise.
    private var received = 0

    init(_ protocol: StartTLSProtocol) {
        self.protocol = `protocol`
        turns =
            switch `protocol` {
            case .smtp:
                [
                    Turn(agreement: "220", reply: "EHLO bellwether\r\n"), Turn(agreement: "250", reply: "STARTTLS\r\n"),
                    Turn(agreement: "220", reply: nil),
                ]
            case .imap: [Turn(agreement: "* OK", reply: "a1 STARTTLS\r\n"), Turn(agreement: "a1 OK", reply: nil)]
            case .pop3: [Turn(agreement: "+OK", reply: "STLS\r\n"), Turn(agreement: "+OK", reply: nil)]
            case .postgres: []
            }
    }

    /// The number of the answer that is waited for, from 1: the greeting, where there is one, is the first.
    var step: Int { min(next + 1, max(1, turns.count)) }

    /// What has arrived and was not understood yet, for people.
    var excerpt: String? { Excerpt.text(of: input) }

    /// Takes what has arrived.
    mutating func receive(_ bytes: [UInt8]) {
        input += bytes
        received += bytes.count
    }

    /// The next thing to do.
    mutating func advance() -> Action {
        guard received <= Self.mostBytes else {
            return fail("more than \(Self.mostBytes / 1_024) KiB before TLS", excerpt, .tooLarge)
        }
        guard `protocol` != .postgres else { return advancePostgres() }
        while let end = input.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(input[..<end])
            input.removeFirst(end + 1)
            guard isLast(line) else { continue }
            let turn = turns[next]
            guard starts(line, with: turn.agreement) else { return refuse(line) }
            next += 1
            guard let reply = turn.reply else { return upgrade() }
            return .send(Array(reply.utf8))
        }
        return .wait
    }

    /// SSLRequest: a length of 8 and the code 80877103; the answer is one byte (PostgreSQL, "SSL Session Encryption").
    private mutating func advancePostgres() -> Action {
        guard isBegun else {
            isBegun = true
            return .send([0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F])
        }
        guard let answer = input.first else { return .wait }
        guard answer == UInt8(ascii: "S") else {
            if answer == UInt8(ascii: "N") { return fail("the server refused TLS: N", "N") }
            return fail("the server answered the request for TLS with neither S nor N", excerpt)
        }
        input.removeFirst()
        return upgrade()
    }

    /// Whether a line ends an answer: not one of several (RFC 5321, section 4.2.1), and not untagged (RFC 9051, section 2.2.2).
    private func isLast(_ line: [UInt8]) -> Bool {
        switch `protocol` {
        case .smtp: !(line.count > 3 && line[3] == UInt8(ascii: "-"))
        case .imap: next == 0 || line.first != UInt8(ascii: "*")
        case .pop3, .postgres: true
        }
    }

    private func starts(_ line: [UInt8], with agreement: String) -> Bool {
        guard line.starts(with: agreement.utf8) else { return false }
        guard let following = line.dropFirst(agreement.utf8.count).first else { return true }
        return following == UInt8(ascii: " ") || following == UInt8(ascii: "\r")
    }

    private func upgrade() -> Action {
        guard input.isEmpty else {
            return fail("\(input.count) bytes followed the server's consent to TLS unencrypted", excerpt)
        }
        return .upgrade
    }

    private func refuse(_ line: [UInt8]) -> Action {
        let text = Excerpt.text(of: line)?.trimmed ?? ""
        let stage = next == 0 ? "the server's greeting is no welcome" : "the server refused TLS"
        return fail(text.isEmpty ? stage : "\(stage): \(text)", text)
    }

    private func fail(
        _ message: String,
        _ excerpt: String?,
        _ reason: FailureReason = .protocolError
    ) -> Action {
        let evidence = Evidence(phase: .transfer, excerpt: excerpt)
        return .failed(Failure(reason, "STARTTLS, step \(step): \(message)", evidence: evidence))
    }
}

extension String {
    /// Without the blanks at the end, which a line end became.
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
