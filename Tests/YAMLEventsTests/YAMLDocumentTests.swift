// SPDX-License-Identifier: Apache-2.0

import Testing
import YAMLEvents

@Suite("YAMLDocument")
struct YAMLDocumentTests {
    @Test("every key and value knows where it begins")
    func positions() throws {
        let document = YAMLDocument(Array("a: 1\nb:\n  - x\n  - {é: 'z', k: }\n".utf8))
        #expect(document.problems.isEmpty)
        let root = try #require(document.root)
        #expect(Self.outline(root) == "1:1{1:1 a=1:4 '1', 2:1 b=3:3[3:5 'x', 4:5{4:6 é=4:9 \"z\", 4:14 k=4:17 ''}]}")
    }

    @Test("duplicate keys are both kept, in the order written")
    func duplicates() throws {
        let root = try #require(YAMLDocument(Array("a: 1\nb: 2\na: 3\n".utf8)).root)
        #expect(Self.outline(root) == "1:1{1:1 a=1:4 '1', 2:1 b=2:4 '2', 3:1 a=3:4 '3'}")
    }

    @Test("a byte order mark, CRLF and CR move no position", arguments: ["\u{FEFF}a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r"])
    func lineEnds(text: String) throws {
        let root = try #require(YAMLDocument(Array(text.utf8)).root)
        #expect(Self.outline(root) == "1:1{1:1 a=1:4 '1', 2:1 b=2:4 '2'}")
    }

    @Test("a file without a value has no root and no problem", arguments: ["", "\n", "# only a comment\n", "\u{FEFF}"])
    func emptyFile(text: String) {
        let document = YAMLDocument(Array(text.utf8))
        #expect(document.root == nil)
        #expect(document.problems == [])
    }

    @Test(
        "only what is written plainly can be null",
        arguments: [
            ("a: ", true), ("a: ~", true), ("a: null", true), ("a: ''", false), ("a: 'null'", false), ("a: |\n", false),
            ("a: no", false),
        ]
    )
    func null(text: String, isNull: Bool) throws {
        let root = try #require(YAMLDocument(Array(text.utf8)).root)
        guard case .mapping(let entries) = root.content, case .scalar(let scalar)? = entries.first?.value.content else {
            Issue.record("not a mapping with a scalar: \(root)")
            return
        }
        #expect(scalar.isNull == isNull)
    }

    @Test(
        "what YAML offers beyond plain data is refused where it stands",
        arguments: [
            ("a: &x 1", "1:4 anchors (&name) are not supported; write the value out"),
            ("a: *x", "1:4 aliases (*name) are not supported; write the value out"),
            ("a: !secret 1", "1:4 tags (!name) are not supported"),
            ("a: ! 1", "1:4 tags (!name) are not supported"),
            ("a: !!str 1", "1:4 tags (!name) are not supported"),
            ("a: &x {b: 1}", "1:4 anchors (&name) are not supported; write the value out"),
            ("a: !t [b]", "1:4 tags (!name) are not supported"),
            ("a:\n  <<: {b: 1}", "2:3 merge keys (<<) are not supported; use defaults"),
            ("%TAG !e! tag:e,2000:\n---\na: 1", "1:1 a %TAG directive is not supported"),
            ("a: 1\n---\nb: 2", "2:1 a second document begins here (one file is one document)"),
            ("? [a, b]\n: 1", "1:3 a key must be a plain text"),
            ("{a: 1}: 2", "1:1 a key must be a plain text"),
        ]
    )
    func refusals(text: String, problem: String) {
        let document = YAMLDocument(Array(text.utf8))
        #expect(document.root == nil)
        #expect(document.problems.map(Self.line) == [problem])
    }

    @Test("all refused things of a file are found in one pass")
    func severalRefusals() {
        let text = "a: &x 1\nb: *x\n? [k]\n: 1\nc:\n  <<: {d: !t 1}\n"
        #expect(
            YAMLDocument(Array(text.utf8)).problems.map(Self.line) == [
                "1:4 anchors (&name) are not supported; write the value out",
                "2:4 aliases (*name) are not supported; write the value out",
                "3:3 a key must be a plain text",
                "6:3 merge keys (<<) are not supported; use defaults",
                "6:11 tags (!name) are not supported",
            ]
        )
    }

    @Test(
        "a text that is not YAML says where and why",
        arguments: [
            ("a: 1\n\tb: 2\n", "2:1 a tab cannot indent a line (use spaces)"),
            (
                "a: [1, 2\nb: 3\n",
                "2:2 did not find expected ',' or ']' (while parsing a flow sequence that begins at 1:4)"
            ),
            ("a: 'x\n", "1:6 found unexpected end of stream (while scanning a quoted scalar that begins at 1:4)"),
            ("a: [1", "1:6 did not find expected ',' or ']' (while parsing a flow sequence that begins at 1:4)"),
            (
                "a: [é\r\n \r\n",
                "1:6 did not find expected ',' or ']' (while parsing a flow sequence that begins at 1:4)"
            ),
            ("a: 1\nb", "2:2 could not find expected ':' (while scanning a simple key that begins at 2:1)"),
            ("a: b: c\n", "1:5 mapping values are not allowed in this context"),
        ]
    )
    func syntax(text: String, problem: String) {
        #expect(YAMLDocument(Array(text.utf8)).problems.map(Self.line) == [problem])
    }

    @Test(
        "bytes that no YAML file contains are named with their place",
        arguments: [
            ([0x61, 0x3A, 0x20, 0x00], "1:4 a NUL character is not allowed in a YAML file"),
            ([0x61, 0x0A, 0xC3, 0xA9, 0xFF], "2:2 the file is not UTF-8 here"),
            ([0xED, 0xA0, 0x80], "1:1 the file is not UTF-8 here"),
            ([0x61, 0x0D, 0x0A, 0x1B], "2:1 the control character U+001B is not allowed in a YAML file"),
            ([0xFF, 0xFE, 0x61, 0x00], "1:1 the file is not UTF-8 here"),
            ([0x61, 0xE2, 0x80, 0xA8], "1:2 the line separator U+2028 is not allowed in a YAML file"),
            ([0x61, 0xEF, 0xBB, 0xBF], "1:2 a byte order mark inside the text is not allowed in a YAML file"),
        ] as [([UInt8], String)]
    )
    func forbiddenBytes(bytes: [UInt8], problem: String) {
        #expect(YAMLDocument(bytes).problems.map(Self.line) == [problem])
    }

    @Test("a file over 1 MiB is refused before it is parsed")
    func size() {
        let comment = [UInt8](repeating: UInt8(ascii: "#"), count: YAMLDocument.maximumBytes)
        #expect(YAMLDocument(comment).problems == [])
        #expect(
            YAMLDocument(comment + [0x23]).problems.map(Self.line)
                == ["the file has 1048577 bytes (at most 1048576 are read)"]
        )
    }

    @Test("nesting ends at 32 levels", arguments: [("[", "]"), ("{a: ", "}"), ("- ", "")])
    func depth(opening: String, closing: String) {
        func nested(_ levels: Int) -> YAMLDocument {
            YAMLDocument(
                Array(
                    (String(repeating: opening, count: levels) + "x" + String(repeating: closing, count: levels)).utf8
                )
            )
        }
        #expect(nested(32).problems == [])
        let column = opening.utf8.count * 32 + 1
        #expect(nested(33).problems.map(Self.line) == ["1:\(column) nested deeper than 32 levels"])
        #expect(nested(20_000).problems.map(Self.line) == ["1:\(column) nested deeper than 32 levels"])
    }

    @Test("a file has at most 100000 values")
    func nodes() {
        let items = String(repeating: "x,", count: 99_999)
        #expect(YAMLDocument(Array("[\(items)]".utf8)).problems == [])
        #expect(
            YAMLDocument(Array("[\(items)x]".utf8)).problems.map(Self.line)
                == ["1:1 more than 100000 values in one file"]
        )
    }

    @Test("an alias bomb is refused with a bounded list")
    func aliasBomb() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1..<200 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(YAMLDocument(Array(text.utf8)).problems.count == YAMLDocument.maximumProblems)
    }

    private static func line(_ problem: YAMLProblem) -> String {
        problem.position.map { "\($0) \(problem.message)" } ?? problem.message
    }

    /// The tree with positions, plain texts in single quotes and quoted ones in double quotes.
    private static func outline(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let scalar):
            scalar.isQuoted ? "\(node.position) \"\(scalar.text)\"" : "\(node.position) '\(scalar.text)'"
        case .sequence(let items):
            "\(node.position)[\(items.map(outline).joined(separator: ", "))]"
        case .mapping(let entries):
            "\(node.position){\(entries.map { "\($0.keyPosition) \($0.key)=\(outline($0.value))" }.joined(separator: ", "))}"
        }
    }
}
