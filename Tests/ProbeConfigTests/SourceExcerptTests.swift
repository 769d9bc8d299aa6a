// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ProbeConfig

@Suite("SourceExcerpt")
struct SourceExcerptTests {
    @Test(
        "the caret stands below the character",
        arguments: [
            ("a: 5x", 4, "a: 5x", "   ^"),
            ("a: 5x", 1, "a: 5x", "^"),
            ("a: 5x", 6, "a: 5x", "     ^"),
            ("a: 5x", 99, "a: 5x", "     ^"),
            ("é: 5x", 4, "é: 5x", "   ^"),
            ("e\u{301}: 5x", 5, "e\u{301}: 5x", "   ^"),
            ("日本: 5x", 5, "日本: 5x", "      ^"),
            ("\ta: 5x", 5, "␉a: 5x", "    ^"),
            ("\u{1B}[31m5x", 6, "␛[31m5x", "     ^"),
            ("a\u{202E}b", 3, "a\u{FFFD}b", "  ^"),
        ]
    )
    func caret(line: String, column: Int, text: String, caret: String) {
        let excerpt = SourceExcerpt(line: line, column: column)
        #expect(excerpt.text == text)
        #expect(excerpt.caret == caret)
    }

    @Test("a line of 100 characters is whole, a longer one is cut where the caret is not")
    func cut() {
        let whole = String(repeating: "a", count: 100)
        #expect(SourceExcerpt(line: whole, column: 100).text == whole)
        #expect(SourceExcerpt(line: whole + "b", column: 1).text == whole + "…")
        #expect(SourceExcerpt(line: "b" + whole, column: 101).text == "…" + whole)
        let middle = SourceExcerpt(line: whole + "X" + whole, column: 101)
        let half = String(repeating: "a", count: 50)
        #expect(middle.text == "…" + half + "X" + half.dropLast() + "…")
        #expect(middle.caret == String(repeating: " ", count: 51) + "^")
    }

    @Test("a quoted value is visible and short")
    func quoted() {
        #expect(VisibleText.quoted("a\nb") == "\"a␊b\"")
        let long = String(repeating: "x", count: 61)
        #expect(VisibleText.quoted(long) == "\"" + long.dropLast() + "…\"")
        #expect(VisibleText.quoted(long.dropLast()) == "\"" + long.dropLast() + "\"")
    }

    @Test("lines end at LF, CRLF and CR")
    func lines() {
        let lines = SourceLines(Array("\u{FEFF}a\r\nb\rc\n\nd".utf8))
        #expect((0...7).map { lines.line($0) } == [nil, "a", "b", "c", "", "d", nil, nil])
        #expect(SourceLines([]).line(1) == "")
    }
}
