// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import Agent

@Suite("TraceReport")
struct TraceReportTests {
    private static func at(_ microseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 1_000_000_000).advanced(by: .microseconds(microseconds))
    }

    private static func text(hiding secrets: [String] = [], _ take: (ConversationTrace) -> Void) -> String {
        let trace = ConversationTrace()
        take(trace)
        let (entries, dropped) = trace.take()
        return TraceReport(
            entries: entries,
            dropped: dropped,
            startedAt: at(0),
            redaction: TraceRedaction(hiding: secrets)
        ).text
    }

    @Test("a conversation is shown line by line, with time, phase and direction")
    func conversation() {
        let text = Self.text { trace in
            trace.note(.connect, "connected to 127.0.0.1:80", at: Self.at(250))
            trace.sent(Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8), at: Self.at(1_300))
            trace.sent(Array("\r\n".utf8), at: Self.at(1_301))
            trace.received(Array("HTTP/1.1 200 OK\r\n\r\n".utf8), at: Self.at(12_003))
            trace.received([0, 0x1B, 0xFF, 0x5C, 0x09], at: Self.at(12_004))
            trace.sent([0x61], at: Self.at(1_000_000))
        }
        #expect(
            text == """
                     0.250ms  connect     connected to 127.0.0.1:80
                     1.300ms  first byte  > GET / HTTP/1.1\\r\\n
                                          > Host: a\\r\\n
                                          > \\r\\n
                    12.003ms  transfer    < HTTP/1.1 200 OK\\r\\n
                                          < \\r\\n
                                          < \\x00\\x1b\\xff\\\\\\t
                  1000.000ms  transfer    > a
                """
        )
    }

    @Test("long lines are cut into pieces of 100 characters, and what was not kept is counted")
    func bounds() {
        let long = Self.text { $0.received(Array(repeating: 0x7A, count: 150), at: Self.at(0)) }
        #expect(long.split(separator: "\n").map { $0.filter { $0 == "z" }.count } == [100, 50])
        let endless = Self.text { trace in
            for _ in 0..<10 { trace.received(Array(repeating: 0x0A, count: 2_000), at: Self.at(0)) }
        }
        #expect(endless.hasSuffix("< … 3616 more bytes"))
        let many = Self.text { trace in
            for number in 0..<1_003 { trace.note(.dns, "\(number)", at: Self.at(0)) }
        }
        #expect(many.hasSuffix("  dns         999\n… 3 more entries"))
    }

    @Test("a secret is hidden wherever it occurs, also where the network or a limit cut it")
    func secrets() {
        let text = Self.text(hiding: ["s3cr3t", "s3cr3t-longer"]) { trace in
            trace.sent(Array("AUTH s3cr".utf8), at: Self.at(0))
            trace.sent(Array("3t-longer!\n".utf8), at: Self.at(0))
            trace.received(Array("you said s3cr3t\n".utf8), at: Self.at(0))
            trace.sent(Array(repeating: 0x0A, count: ConversationTrace.mostBytes - 4), at: Self.at(0))
            trace.sent(Array("s3cr3t".utf8), at: Self.at(0))
        }
        #expect(text.contains("AUTH ***!\\n"))
        #expect(text.contains("you said ***\\n"))
        #expect(!text.contains("s3c"))
        #expect(text.hasSuffix("> ***\n                          > … 2 more bytes"))
    }

    @Test(
        "the value of a field that carries credentials is hidden, with the lines that continue it",
        arguments: ["Authorization", "authorization", "Cookie", "Set-Cookie", "PROXY-AUTHORIZATION"]
    )
    func fields(name: String) {
        let text = Self.text { trace in
            trace.sent(Array("GET / HTTP/1.1\r\n\(name): Basic dTpw\r\n more\r\nHost: a\r\n\r\n".utf8), at: Self.at(0))
        }
        #expect(
            text == """
                     0.000ms  first byte  > GET / HTTP/1.1\\r\\n
                                          > \(name): ***\\r\\n
                                          > ***\\r\\n
                                          > Host: a\\r\\n
                                          > \\r\\n
                """
        )
    }

    @Test("the secrets of an HTTP probe are read where they are kept, and hidden with the form in which they are sent")
    func probeSecrets() throws {
        var probe = HTTPProbe(url: try HTTPURL("http://a/"))
        probe.credentials = .basic(user: .text("user"), password: .environment("PASSWORD"))
        probe.secretHeaders = [SecretField(name: "X-Key", value: .environment("KEY"))]
        var redaction = TraceRedaction(.http(probe))
        redaction.refresh(
            reading: SecretReader(files: SystemFiles()) { ["PASSWORD": "hunter2", "KEY": "k"][$0] }
        )
        let said = "x-key: abc\nuser hunter2 dXNlcjpodW50ZXIy"
        #expect(
            String(decoding: redaction.applied(to: Array(said.utf8), isCut: false), as: UTF8.self)
                == "x-***ey: ***\nuser *** ***"
        )
    }
}
