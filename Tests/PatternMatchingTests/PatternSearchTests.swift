// SPDX-License-Identifier: Apache-2.0

import PatternMatching
import Testing

@Suite("Searching bytes that may go on")
struct PatternSearchTests {
    @Test("the first place is found, with what each group captured")
    func captures() throws {
        let pattern = try Pattern(#"(\w+)=(\d+)(;)?"#)
        #expect(pattern.captureCount == 3)
        guard case .found(let found) = pattern.find(in: Array("-- ab=12 c=3".utf8)) else {
            Issue.record("nothing found")
            return
        }
        #expect(found.range == 3..<8)
        #expect(found.captures == [3..<5, 6..<8, nil])
    }

    @Test(
        "what may become a place is told from what cannot",
        arguments: [
            ("^220 ", "22", PatternSearch.undecided), ("^220 ", "250 ok\n", .notFound),
            ("^a\nb", "a\n", .undecided), ("OK", "no", .notFound), ("a", "", .notFound),
        ]
    )
    func undecided(pattern: String, text: String, expected: PatternSearch) throws {
        #expect(try Pattern(pattern).find(in: Array(text.utf8)) == expected)
    }

    @Test(
        "a place that more bytes may change is told from one that they cannot",
        arguments: [
            (#"^id (\d+)"#, "id 12", true), (#"^id (\d+)"#, "id 12\n", false), (#"^(\w+)> "#, "ab> ", false),
            ("^(220)", "220", false), (#"^(ok)\b"#, "ok", true), ("(ok)(?!ay)", "ok", true),
        ]
    )
    func dependsOnMore(pattern: String, text: String, expected: Bool) throws {
        #expect(try Pattern(pattern).dependsOnMore(after: Array(text.utf8)) == expected)
    }

    @Test("a pattern is anchored when every match begins where the text does")
    func anchored() throws {
        #expect(try Pattern("^a").isAnchored)
        #expect(try Pattern("^a|^b").isAnchored)
        #expect(try !Pattern("^a|b").isAnchored)
        #expect(try !Pattern("(?m)^a").isAnchored)
    }

    @Test("a search that takes too many steps is given up")
    func limited() throws {
        let pattern = try Pattern("(a+)+$")
        #expect(pattern.find(in: Array(repeating: UInt8(ascii: "a"), count: 40) + [0x62]) == .limitExceeded)
    }
}
