// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import SimulatedSystem
import Synchronization
import Testing

@testable import Probers

@Suite("DNSProber against scripted servers")
struct DNSProberTests {
    /// One run of a probe on virtual time, and what it left.
    private static func run(
        _ probe: DNSProbe,
        timeout: Duration = .seconds(3),
        files: [String: [UInt8]] = [:],
        zone: SimulatedZone = .always(.fails(.notFound, after: .milliseconds(1))),
        cutOff: Bool = false,
        _ rule: @escaping SimulatedDatagrams.Rule
    ) throws -> Outcome {
        let machine = SimulatedMachine(zone: zone)
        machine.kernel.use(SimulatedDatagrams(rule))
        machine.kernel.cutOff(cutOff)
        let box = OutcomeBox()
        machine.loop.simulate(timeout + .seconds(1)) { loop in
            let configuration = ResolverConfiguration(files: SimulatedFiles(files))
            guard
                let prober = try? DNSProber(
                    probe,
                    resolver: machine.resolver,
                    configuration: configuration,
                    identifiers: { 0x1234 }
                )
            else { preconditionFailure("an expression does not compile") }
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: timeout), for: box, on: loop)
        }
        #expect(machine.leaks == [])
        return try #require(box.outcome)
    }

    private static func probe(_ expect: DNSExpectation = DNSExpectation()) throws -> DNSProbe {
        DNSProbe(name: try DNSName("www.example.org"), server: try HostPort("10.0.0.53:53"), expect: expect)
    }

    private static func answers(
        _ replies: DNSReply...,
        after delay: Duration = .milliseconds(5)
    ) -> SimulatedDatagrams.Rule {
        { _, query, _ in .answers(replies.map { $0.bytes(to: query) }, after: delay) }
    }

    @Test("an answer with a record is healthy, and says what it was")
    func healthy() throws {
        let outcome = try Self.run(Self.probe(), Self.answers(.address))
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l7OK)
        #expect(outcome.address == "10.0.0.53:53")
        #expect(outcome.phases == PhaseTimings(firstByte: .milliseconds(5)))
        #expect(outcome.message == "NOERROR, 1 answer in 5ms")
        #expect(
            outcome.observed.facts
                == .dns(
                    DNSFacts(
                        code: "NOERROR",
                        answers: ["192.0.2.1"],
                        answerCount: 1,
                        isAuthoritative: false,
                        transport: .udp
                    )
                )
        )
    }

    @Test(
        "row 19, D2: what the server says is judged by its code",
        arguments: [
            (3, "NXDOMAIN, expected NOERROR"), (2, "SERVFAIL, expected NOERROR"), (5, "REFUSED, expected NOERROR"),
            (11, "RCODE 11, expected NOERROR"),
        ] as [(UInt16, String)]
    )
    func codes(code: UInt16, message: String) throws {
        let outcome = try Self.run(Self.probe(), Self.answers(DNSReply(code: code)))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.failure?.reason == .status)
        #expect(outcome.layer == .l7Status)
        #expect(outcome.message == message)
    }

    @Test("a name that must not exist is healthy when it does not")
    func expectedCode() throws {
        let outcome = try Self.run(Self.probe(DNSExpectation(code: .nameError)), Self.answers(DNSReply(code: 3)))
        #expect(outcome.verdict == .healthy)
        #expect(outcome.message == "NXDOMAIN, 0 answers in 5ms")
    }

    @Test("D2: an answer without a record is a wrong body, unless none is asked for")
    func emptyAnswer() throws {
        let outcome = try Self.run(Self.probe(), Self.answers(DNSReply()))
        #expect(outcome.failure?.reason == .body)
        #expect(outcome.message == "no A record in the answer, expected at least 1")
        let other = try Self.run(Self.probe(DNSExpectation(minimumAnswers: 0)), Self.answers(DNSReply()))
        #expect(other.verdict == .healthy)
    }

    @Test("row 19, D1: a silent server has timed out at the deadline, after three questions")
    func silent() throws {
        let questions = Mutex(0)
        let outcome = try Self.run(Self.probe()) { _, _, _ in
            questions.withLock { $0 += 1 }
            return .drops
        }
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l7Timeout)
        #expect(outcome.duration == .seconds(3))
        #expect(outcome.message == "10.0.0.53:53 did not answer within 3s")
        #expect(questions.withLock(\.self) == 3)
    }

    @Test("a lost datagram is made up for by asking again")
    func retransmission() throws {
        let questions = Mutex(0)
        let outcome = try Self.run(Self.probe()) { _, query, _ in
            let number = questions.withLock { count in
                count += 1
                return count
            }
            return number == 1 ? .drops : .answers([DNSReply.address.bytes(to: query)], after: .milliseconds(5))
        }
        #expect(outcome.verdict == .healthy)
        #expect(outcome.duration == .milliseconds(1_005))
    }

    @Test("D2: answers with a wrong identifier, to other questions, or no answers at all are passed over")
    func forged() throws {
        let forged = [
            DNSReply(answers: [.init(data: [6, 6, 6, 6])], idOffset: 1),
            DNSReply(answers: [.init(data: [6, 6, 6, 6])], question: DNSReply.name("evil.example") + [0, 1, 0, 1]),
            DNSReply(
                answers: [.init(data: [6, 6, 6, 6])],
                question: DNSReply.name("www.example.org") + [0, 28, 0, 1]
            ),
            DNSReply(answers: [.init(name: [0], data: [6, 6, 6, 6])], question: []),
            DNSReply(flags: 0x0100, answers: [.init(data: [6, 6, 6, 6])]),
        ]
        for reply in forged {
            let outcome = try Self.run(Self.probe(), Self.answers(reply, .address))
            #expect(outcome.verdict == .healthy)
            #expect(outcome.message == "NOERROR, 1 answer in 5ms")
        }
    }

    @Test("D2: a server that sends nothing but answers to other questions breaks the protocol")
    func onlyForged() throws {
        let outcome = try Self.run(Self.probe(), Self.answers(DNSReply(answers: [.init()], idOffset: 1)))
        #expect(outcome.failure?.reason == .protocolError)
        #expect(outcome.message == "got an answer with another identifier, and none to the question")
        let short = try Self.run(Self.probe()) { _, _, _ in .answers([[], [1]], after: .zero) }
        #expect(short.failure?.reason == .protocolError)
    }

    @Test("a malformed answer breaks the protocol at once")
    func malformed() throws {
        let outcome = try Self.run(Self.probe(), Self.answers(DNSReply(announced: 1, tail: [0xC0, 33])))
        #expect(outcome.failure?.reason == .protocolError)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.message == "not a DNS message: a compressed name points to itself or ahead")
        #expect(outcome.duration < .seconds(1))
    }

    @Test("a port where nobody listens is refused at once")
    func refused() throws {
        let outcome = try Self.run(Self.probe()) { _, _, _ in .reports(ECONNREFUSED, after: .milliseconds(1)) }
        #expect(outcome.failure?.reason == .refused)
        #expect(outcome.layer == .l4Connection)
        #expect(outcome.message == "10.0.0.53:53 says that nobody listens there (ICMP port unreachable)")
        #expect(outcome.duration == .milliseconds(1))
    }

    @Test("P7: a machine without any route, or that cannot send, blames nobody")
    func ours() throws {
        let cutOff = try Self.run(Self.probe(), cutOff: true, Self.answers(.address))
        #expect(cutOff.verdict == .unknown)
        #expect(cutOff.failure?.reason == .internal)
        let blocked = try Self.run(Self.probe()) { _, _, _ in .fails(EPERM) }
        #expect(blocked.failure?.reason == .internal)
        #expect(blocked.message == "10.0.0.53:53 could not be tried: operation not permitted")
    }

    @Test("a server that refuses EDNS is asked again without it")
    func withoutExtension() throws {
        let outcome = try Self.run(Self.probe()) { _, query, _ in
            let reply = query[11] == 1 ? DNSReply(code: 1, question: []) : .address
            return .answers([reply.bytes(to: query)], after: .milliseconds(5))
        }
        #expect(outcome.verdict == .healthy)
        #expect(outcome.duration == .milliseconds(10))
    }

    @Test(
        "records are held against what is expected",
        arguments: [
            (.all, [.exactly("192.0.2.1")], nil),
            (.all, [.exactly("192.0.2.2"), .matches(#"^192\.0\.2\.1$"#)], nil),
            (.all, [.exactly("192.0.2.1"), .exactly("192.0.2.3")], #"no record is "192.0.2.3""#),
            (.all, [.matches("^10")], "no record is /^10/"),
            (.any, [.exactly("192.0.2.9"), .exactly("192.0.2.2")], nil),
            (.any, [.exactly("192.0.2.8"), .matches("^9")], #"no record is "192.0.2.8" or /^9/"#),
            (.only, [.exactly("192.0.2.1"), .exactly("192.0.2.2"), .exactly("192.0.2.3")], nil),
            (.only, [.exactly("192.0.2.1")], #"the record "192.0.2.2" is not expected"#),
        ] as [(DNSAnswerRule, [DNSAnswerMatch], String?)]
    )
    func rules(rule: DNSAnswerRule, answers: [DNSAnswerMatch], message: String?) throws {
        let reply = DNSReply(answers: [.init(), .init(data: [192, 0, 2, 2])])
        let expect = DNSExpectation(answers: answers, rule: rule)
        let outcome = try Self.run(Self.probe(expect), Self.answers(reply))
        #expect(outcome.failure?.message == message)
        #expect(outcome.failure?.reason == (message == nil ? nil : .body))
        if message != nil { #expect(outcome.failure?.evidence.excerpt == "192.0.2.1, 192.0.2.2") }
    }

    @Test("names are compared regardless of case and a dot at their end")
    func names() throws {
        var probe = try Self.probe(DNSExpectation(answers: [.exactly("10 MX.Example.")]))
        probe.type = .mx
        let reply = DNSReply(answers: [.init(type: 15, data: [0, 10] + DNSReply.name("mx.exaMple"))])
        #expect(try Self.run(probe, Self.answers(reply)).verdict == .healthy)
    }

    @Test("an answer from another server's store is told from the server's own")
    func authority() throws {
        let expect = DNSExpectation(authoritative: true)
        let outcome = try Self.run(Self.probe(expect), Self.answers(.address))
        #expect(outcome.failure?.reason == .header)
        #expect(outcome.message == "an answer that is not authoritative, expected an authoritative one")
        let own = DNSReply(flags: 0x8580, answers: [.init()])
        #expect(try Self.run(Self.probe(expect), Self.answers(own)).verdict == .healthy)
    }

    @Test("D5: without a server the machine's own is asked, as resolv.conf names it at that moment")
    func machinesServer() throws {
        var probe = try Self.probe()
        probe.server = nil
        let text = "# local\nsearch example\nnameserver fe80::1%eth0\nnameserver\t10.9.9.9 \nnameserver 10.9.9.8\n"
        let outcome = try Self.run(probe, files: ["/etc/resolv.conf": Array(text.utf8)], Self.answers(.address))
        #expect(outcome.verdict == .healthy)
        #expect(outcome.address == "10.9.9.9:53")
        for (files, message) in [
            ([:], "no server to ask: /etc/resolv.conf: No such file or directory"),
            (["/etc/resolv.conf": Array("domain x\n".utf8)], "no server to ask: /etc/resolv.conf names none"),
        ] as [([String: [UInt8]], String)] {
            let outcome = try Self.run(probe, files: files, Self.answers(.address))
            #expect(outcome.verdict == .unknown)
            #expect(outcome.failure?.reason == .internal)
            #expect(outcome.message == message)
        }
    }

    @Test("a server's name that is not found is `dns`, and its next address is asked when one refuses")
    func serverByName() throws {
        var probe = try Self.probe()
        probe.server = try HostPort("ns.test:5353")
        let missing = try Self.run(probe, Self.answers(.address))
        #expect(missing.failure?.reason == .dns)
        let zone = SimulatedZone.always(.addresses(["10.0.0.1", "10.0.0.2"], after: .milliseconds(2)))
        let outcome = try Self.run(probe, zone: zone) { peer, query, _ in
            peer.host == "10.0.0.1"
                ? .reports(ECONNREFUSED, after: .milliseconds(1))
                : .answers([DNSReply.address.bytes(to: query)], after: .milliseconds(3))
        }
        #expect(outcome.verdict == .healthy)
        #expect(outcome.address == "10.0.0.2:5353")
        #expect(outcome.phases == PhaseTimings(dns: .milliseconds(2), firstByte: .milliseconds(3)))
    }

    @Test("a flood of datagrams ends with the run")
    func flood() throws {
        let junk = [[UInt8]](repeating: [0xFF, 0xFF, 0], count: 10_000)
        let outcome = try Self.run(Self.probe()) { _, _, _ in .answers(junk, after: .milliseconds(1)) }
        #expect(outcome.failure?.reason == .protocolError)
    }
}

/// Keeps the one outcome of a run.
final class OutcomeBox: ProbeObserver, Sendable {
    private let state = Mutex<Outcome?>(nil)

    var outcome: Outcome? { state.withLock(\.self) }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        state.withLock { known in
            precondition(known == nil, "a run ended twice")
            known = outcome
        }
    }
}
