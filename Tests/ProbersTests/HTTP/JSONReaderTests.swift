// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Probers

@Suite("JSONReader")
struct JSONReaderTests {
    @Test("a document is taken apart, numbers as written")
    func document() throws {
        let text = #" {"a":[1,-2.50e+3,true,false,null,"x\n\"\u00e9\ud83d\ude00"],"b":{},"b":[ ]} "#
        #expect(
            try JSONReader.read(Array(text.utf8))
                == .object([
                    .init(
                        name: "a",
                        value: .array([
                            .number("1"), .number("-2.50e+3"), .truth(true), .truth(false), .null, .text("x\n\"é😀"),
                        ])
                    ),
                    .init(name: "b", value: .object([])),
                    .init(name: "b", value: .array([])),
                ])
        )
        #expect(try JSONReader.read([0xEF, 0xBB, 0xBF] + Array("5".utf8)) == .number("5"))
        #expect(try JSONReader.read(Array(#""\ud800x""#.utf8)) == .text("\u{FFFD}x"))
    }

    @Test(
        "what is no JSON is refused with its place",
        arguments: [
            ("", "it ends where a value should be at byte 1"), ("  ", "it ends where a value should be at byte 3"),
            ("<html>", "no value at byte 1"), ("{", "a member begins with its name at byte 2"),
            ("[1", "it ends too early at byte 3"), ("[1 2]", "no comma or closing bracket at byte 4"),
            ("[1,]", "no value at byte 4"), ("{a:1}", "a member begins with its name at byte 2"),
            (#"{"a" 1}"#, "no : after a name at byte 6"), ("01", "no number at byte 1"), ("1.", "no number at byte 1"),
            ("tru", "no value at byte 1"), ("1 2", "more after the end of the document at byte 3"),
            ("\"a\nb\"", "a control character in a text at byte 3"), ("\"a", "a text that does not end at byte 1"),
            (#""\x""#, "an unknown escape at byte 3"), (#""\u12""#, "\\u without four hexadecimal digits at byte 4"),
            ("NaN", "no value at byte 1"), ("'a'", "no value at byte 1"),
            ("[1] // x", "more after the end of the document at byte 5"),
        ]
    )
    func refused(text: String, message: String) {
        let problem = #expect(throws: JSONReader.Problem.self) { try JSONReader.read(Array(text.utf8)) }
        #expect(problem?.message == message)
    }

    @Test("bytes that are no UTF-8, and nesting past 64 levels, are refused")
    func hostile() {
        let bad = #expect(throws: JSONReader.Problem.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
        #expect(bad?.message == "a text that is not UTF-8 at byte 1")
        let deep = Array(String(repeating: "[", count: 1_000_000).utf8)
        let problem = #expect(throws: JSONReader.Problem.self) { try JSONReader.read(deep) }
        #expect(problem?.message == "nested deeper than 64 levels at byte 65")
        let legal = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONReader.read(Array(legal.utf8)) }
    }
}
