// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Probers

@Suite("PrintableText")
struct PrintableTextTests {
    @Test(
        "nothing in a text has an effect but line feeds",
        arguments: [
            ("plain text\n", "plain text\n"), ("größe → 5 €, 日本, 👍", "größe → 5 €, 日本, 👍"),
            ("\u{1B}[31mred\u{1B}[0m", "\u{FFFD}[31mred\u{FFFD}[0m"), ("a\tb\r\nc\rd", "a b\nc\u{FFFD}d"),
            ("bell\u{7} nul\0 del\u{7F} c1\u{9B}", "bell\u{FFFD} nul\u{FFFD} del\u{FFFD} c1\u{FFFD}"),
            ("user\u{202E}gnp.exe \u{2066}x\u{FEFF}", "user\u{FFFD}gnp.exe \u{FFFD}x\u{FFFD}"),
            ("a\u{2028}b\u{2029}c\u{85}d", "a\u{FFFD}b\u{FFFD}c\u{FFFD}d"), ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("\u{E0041}tag", "\u{FFFD}tag"), ("", ""),
        ]
    )
    func harmless(text: String, shown: String) {
        #expect(PrintableText.of(Array(text.utf8), limit: 1_000) == shown)
    }

    @Test("what is not UTF-8 is replaced")
    func invalid() {
        #expect(PrintableText.of([0x61, 0xFF, 0x62, 0xC3, 0x28], limit: 100) == "a\u{FFFD}b\u{FFFD}(")
    }

    @Test("a character that the cut went through is left out", arguments: ["é", "€", "👍"])
    func cut(character: String) {
        let bytes = Array("ab\(character)".utf8)
        for length in 2..<bytes.count {
            #expect(PrintableText.of(Array(bytes.prefix(length)), isCut: true, limit: 100) == "ab")
        }
        #expect(PrintableText.of(bytes, isCut: true, limit: 100) == "ab\(character)")
    }

    @Test("no text is longer than its limit, although replacing makes it longer", arguments: 0..<12)
    func limit(limit: Int) {
        let text = PrintableText.of(Array("a\u{1}€b".utf8), limit: limit)
        #expect(text.utf8.count <= limit)
        #expect("a\u{FFFD}€b".hasPrefix(text))
    }
}
