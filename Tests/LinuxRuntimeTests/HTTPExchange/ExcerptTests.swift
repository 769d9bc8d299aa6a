// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Testing

@Suite("Excerpt")
struct ExcerptTests {
    @Test("foreign bytes become one printable line")
    func printable() {
        #expect(Excerpt.text(of: Array("a\r\n\u{1B}[31mb\u{202E}c".utf8)) == "a   [31mb c")
        #expect(Excerpt.text(of: [0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        #expect(Excerpt.text(of: []) == nil)
    }

    @Test("200 characters are kept at most")
    func bounded() {
        #expect(Excerpt.text(of: Array(repeating: 0x61, count: 100_000)) == String(repeating: "a", count: 200))
        #expect(Excerpt.bounded(String(repeating: "é", count: 201)) == String(repeating: "é", count: 200))
    }
}
