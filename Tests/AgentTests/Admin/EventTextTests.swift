// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

@Suite("What the commands print")
struct EventTextTests {
    private static let event = """
        data: {"endpoint":"db","old_state":"Closed","new_state":"Open","timestamp":"2026-11-21T03:49:10.042Z",\
        "reason":"3 consecutive failures: \\u001b[31mrefused","sequence":7}
        """

    private func print(_ lines: [String], isJSON: Bool = false) -> (printed: [String], text: EventText) {
        var text = EventText(isJSON: isJSON)
        return (lines.compactMap { text.take($0) }, text)
    }

    @Test("an event is one line, and a target's words cannot steer the terminal")
    func event() {
        let (printed, text) = print(["retry: 2000", "", "id: 7", Self.event, "", ": alive", ""])
        #expect(printed == ["2026-11-21T03:49:10.042Z  db  Closed → Open  3 consecutive failures: \\u{1b}[31mrefused"])
        #expect(text.last == 7)
        #expect(!text.isDraining)
    }

    @Test("the aggregate, what was missed, and the end have words of their own")
    func others() {
        let aggregate = Self.event.replacing("\"db\"", with: "\"\"")
        let (printed, text) = print([
            "event: missed", "data: {\"missed\":1}", "", "event: missed", "data: {\"missed\":null}", "", aggregate, "",
            "event: draining", "data: {\"draining\":true}", "",
        ])
        #expect(printed.count == 4)
        #expect(printed[0] == "… 1 event missed")
        #expect(printed[1] == "… events missed: the agent was restarted")
        #expect(printed[2].hasPrefix("2026-11-21T03:49:10.042Z  (aggregate)  Closed → Open  "))
        #expect(printed[3] == "the agent is shutting down")
        #expect(text.isDraining)
    }

    @Test("for programs every document is printed as it came")
    func json() {
        let (printed, _) = print([Self.event, "", "event: missed", "data: {\"missed\":3}", ""], isJSON: true)
        #expect(printed == [String(Self.event.dropFirst(6)), "{\"missed\":3}"])
    }

    @Test("a reload is printed target by target")
    func reload() {
        let document = ReloadDocument(
            added: ["a", "b"],
            changed: ["c"],
            removed: ["d"],
            unchanged: 4,
            needsRestart: true,
            warnings: []
        )
        #expect(
            document.text == """
                + a
                + b
                ~ c
                - d
                2 added, 1 changed, 1 removed, 4 unchanged
                settings besides the probes changed; they take a restart
                """
        )
        let entry = ReloadDocument.Entry(severity: "error", file: "a.yaml", line: 3, column: 5, message: "bad")
        #expect(entry.text == "a.yaml:3:5: error: bad")
    }

    @Test("lines are found however the bytes come, and only in an answer that is 200")
    func lines() throws {
        var reader = LineReader()
        var lines: [String] = []
        for byte in "HTTP/1.0 200 OK\r\nA: b\r\n\r\none\n\ntwo\nthr".utf8 { lines += try reader.take([byte]) }
        #expect(lines == ["one", "", "two"])
        var refused = LineReader()
        #expect(throws: StatusConnection.Problem.self) { try refused.take("HTTP/1.1 429 Too Many\r\n\r\n".utf8) }
        var endless = LineReader()
        #expect(throws: StatusConnection.Problem.self) {
            try endless.take(Array(repeating: UInt8(ascii: "x"), count: LineReader.maximumBytes + 1))
        }
        #expect(throws: StatusConnection.Problem.self) { try LineReader().finish() }
    }
}
