// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Exposition

@Suite("JSONReader")
struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.value(of: Array(text.utf8)) }

    @Test(
        "what is JSON reads back as it was written",
        arguments: [
            "null", "true", "false", "0", "-1", "1.5", "[]", "{}", "\"\"", "[1,[2,{\"a\":null}]]",
            "{\"b\":1,\"a\":\"x\\\"\\\\\\n\\u0000\"}", "\"é🩺\"",
        ]
    )
    func roundTrip(text: String) throws {
        #expect(String(decoding: try read(text).serialized(), as: UTF8.self) == text + "\n")
    }

    @Test("escapes and white space mean what RFC 8259 says")
    func escapes() throws {
        #expect(
            try read(" { \"a\\u00e9\\ud83e\\ude7a\\/\\b\\f\" :\t[ 1e2 , -0.5E-1 ]\r\n} ")
                == .object([
                    .init(name: "aé🩺/\u{8}\u{c}", value: .array([.number(100), .number(-0.05)]))
                ])
        )
        #expect(try read("99999999999999999999") == .number(1e20))
    }

    @Test(
        "what is not is refused, with the place",
        arguments: [
            ("", 0, "the document ends too early"), ("{", 1, "a member's name is expected"),
            ("{\"a\":1,\"a\":2}", 7, "member \"a\" is given twice"), ("[1,]", 3, "a value is expected"),
            ("[1 2]", 3, "a comma or the end of the array is expected"), ("01", 1, "a number has no leading zero"),
            ("1.", 2, "a digit is expected"), ("+1", 0, "a value is expected"), ("nul", 0, "a value is expected"),
            ("\"\\ud800\"", 7, "half of a surrogate pair"), ("\"\\udc00\"", 7, "half of a surrogate pair"),
            ("\"\\x\"", 2, "an unknown escape"), ("\"a\nb\"", 2, "a control character in a string"),
            ("\"a", 2, "the string has no end"), ("1 1", 2, "something follows the document"),
            ("\"\\u00g0\"", 3, "four hexadecimal digits are expected"), ("NaN", 0, "a value is expected"),
            ("{a:1}", 1, "a member's name is expected"), ("{\"a\" 1}", 5, "a colon is expected"),
        ]
    )
    func refused(text: String, offset: Int, message: String) throws {
        let problem = #expect(throws: JSONReader.Problem.self) { try read(text) }
        #expect(problem?.offset == offset)
        #expect(problem?.message == message)
    }

    @Test("sixteen levels are read, seventeen are not, and neither is what is no UTF-8")
    func bounds() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try read(nested(16))
        #expect(throws: JSONReader.Problem.self) { try read(nested(17)) }
        #expect(throws: JSONReader.Problem.self) { try read(nested(30_000)) }
        #expect(throws: JSONReader.Problem.self) { try JSONReader.value(of: [0x22, 0xFF, 0x22]) }
    }
}
