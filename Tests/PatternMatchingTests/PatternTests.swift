// SPDX-License-Identifier: Apache-2.0

import PatternMatching
import Testing

@Suite("Pattern")
struct PatternTests {
    @Test(
        "a pattern is found anywhere in the text",
        arguments: [
            (#"v\d+"#, "release v12", PatternMatch.matched),
            (#"v\d+"#, "release vX", .notMatched),
            ("^ok$", "ok", .matched),
            ("^ok$", "not ok", .notMatched),
            ("", "", .matched),
            ("", "anything", .matched),
            ("a.b", "a\nb", .notMatched),
            ("(?s)a.b", "a\nb", .matched),
            ("(?m)^two$", "one\ntwo\n", .matched),
            ("^two$", "one\ntwo\n", .notMatched),
            ("(?i)ÄPFEL", "frische äpfel", .matched),
            (#"^\d$"#, "٣", .notMatched),
            (#"^\p{Nd}$"#, "٣", .matched),
            ("^.$", "é", .matched),
            (#"(\w+) \1"#, "ping ping", .matched),
        ]
    )
    func search(text: String, in subject: String, expected: PatternMatch) throws {
        #expect(try Pattern(text).matches(in: Array(subject.utf8)) == expected)
    }

    @Test("an empty body is searched like any other")
    func emptyBody() throws {
        #expect(try Pattern("^$").matches(in: []) == .matched)
        #expect(try Pattern("a").matches(in: []) == .notMatched)
    }

    @Test(
        "bytes that are not UTF-8 match nothing and hide nothing",
        arguments: [
            ("ok", [0xFF, 0x6F, 0x6B, 0xFE], PatternMatch.matched),
            ("o.k", [0x6F, 0xFF, 0x6B], .notMatched),
            ("(?s)^.$", [0xC3], .notMatched),
            ("ok$", [0xED, 0xA0, 0x80, 0x6F, 0x6B], .matched),
            ("a", [0x80, 0x80, 0x80], .notMatched),
        ] as [(String, [UInt8], PatternMatch)]
    )
    func invalidUTF8(text: String, bytes: [UInt8], expected: PatternMatch) throws {
        #expect(try Pattern(text).matches(in: bytes) == expected)
    }

    @Test(
        "a wrong pattern is refused with its place in characters",
        arguments: [
            ("(a", PatternProblem(message: "missing closing parenthesis", offset: 2)),
            ("é[z", PatternProblem(message: "missing terminating ] for character class", offset: 3)),
            ("*a", PatternProblem(message: "quantifier does not follow a repeatable item", offset: 0)),
            (#"a\C"#, PatternProblem(message: #"using \C is disabled by the application"#, offset: 3)),
        ]
    )
    func wrongPattern(text: String, expected: PatternProblem) {
        #expect(throws: expected) { try Pattern(text) }
    }

    @Test("a pattern over 4 KiB is refused")
    func longPattern() throws {
        #expect(throws: PatternProblem(message: "longer than 4096 bytes", offset: 0)) {
            try Pattern(String(repeating: "a", count: 4_097))
        }
        #expect(try Pattern(String(repeating: "a", count: 4_096)).matches(in: [0x61]) == .notMatched)
    }

    @Test("a pattern whose compiled form would be huge is refused")
    func hugePattern() {
        #expect(throws: PatternProblem.self) { try Pattern("((((a{1000}){1000}){1000}){1000})") }
    }

    @Test(
        "a search that would take too long on 64 KiB is given up",
        arguments: [
            "(a+)+$",  // exponential backtracking
            "a+[bc]",  // quadratic without any backtracking
            #"[a-z]+\d"#,
            "(?:a|b)*$",  // a backtracking point for each byte: memory
            "^(a*)*$",
            "(?:a?){30}a{30}[bc]",
            "(?:(?R)|a)+[bc]",
        ]
    )
    func catastrophicPattern(text: String) throws {
        let body = [UInt8](repeating: UInt8(ascii: "a"), count: 65_535) + [UInt8(ascii: "!")]
        #expect(try Pattern(text).matches(in: body) == .limitExceeded)
    }

    @Test("ordinary searches over megabytes stay within the limits")
    func largeBody() throws {
        let line = Array("2026-11-21T03:49:10Z host app[12]: request served in 12 ms\n".utf8)
        var body = [UInt8]()
        while body.count < 4 * 1024 * 1024 { body += line }
        #expect(try Pattern(#"\d+ seconds"#).matches(in: body) == .notMatched)
        #expect(try Pattern("(?i)error|panic").matches(in: body) == .notMatched)
        #expect(try Pattern(#"served in \d+ ms\n\z"#).matches(in: body) == .matched)
    }

    @Test("one pattern may be searched for on many tasks at once")
    func concurrentSearches() async throws {
        let pattern = try Pattern("n+eedle")
        let body = Array((String(repeating: "n", count: 1_000) + "eedle").utf8)
        let results = await withTaskGroup(of: PatternMatch.self) { group in
            for _ in 0..<64 { group.addTask { pattern.matches(in: body) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: .matched, count: 64))
    }

    @Test("patterns with the same text are equal")
    func equality() throws {
        #expect(try Pattern("a+") == Pattern("a+"))
        #expect(try Pattern("a+") != Pattern("a*"))
        #expect(try Set([Pattern("a+"), Pattern("a+")]).count == 1)
    }
}
