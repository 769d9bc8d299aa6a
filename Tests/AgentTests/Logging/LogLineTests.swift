// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Logging
import Testing

@testable import Agent

@Suite("LogLine")
struct LogLineTests {
    private static func line(_ message: String, _ fields: [(String, String)] = []) -> LogLine {
        LogLine(
            time: WallTime(nanosecondsSinceEpoch: 1_795_233_600_042_000_000),
            level: .warning,
            message: message,
            fields: fields.map { (name: $0.0, value: $0.1) }
        )
    }

    @Test(
        "an event has one line in every format",
        arguments: [
            (
                LogSettings.Format.text,
                #"2026-11-21T04:00:00.042Z warning  the target is unhealthy reason="3 in a row" target=db"#
            ),
            (.journald, #"<4>the target is unhealthy reason="3 in a row" target=db"#),
            (
                .json,
                #"{"time":"2026-11-21T04:00:00.042Z","level":"warning","message":"the target is unhealthy","#
                    + #""reason":"3 in a row","target":"db"}"#
            ),
        ]
    )
    func formats(format: LogSettings.Format, expected: String) {
        let line = Self.line("the target is unhealthy", [("reason", "3 in a row"), ("target", "db")])
        #expect(String(decoding: line.rendered(as: format), as: UTF8.self) == expected + "\n")
    }

    @Test(
        "what a target sent cannot begin a line, end a field or move a cursor",
        arguments: LogSettings.Format.allCases
    )
    func injection(format: LogSettings.Format) {
        let hostile = "x\"\n<0>forged\r\u{1B}[2J\u{9B}\u{0}"
        let bytes = Self.line(hostile, [("reason", hostile)]).rendered(as: format)
        #expect(bytes.filter { $0 < 0x20 } == [0x0A])
        #expect(bytes.last == 0x0A)
        #expect(!String(decoding: bytes, as: UTF8.self).unicodeScalars.contains("\u{9B}"))
    }

    @Test("a line fits into what a pipe takes whole")
    func length() {
        let bytes = Self.line(String(repeating: "é", count: 10_000)).rendered(as: .text)
        #expect(bytes.count <= LogLine.maximumBytes)
        #expect(bytes.last == 0x0A)
    }
}
