// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@Suite("HTTPHeaders")
struct HTTPHeadersTests {
    private static func headers(_ text: String) -> HTTPHeaders {
        HTTPHeaders(lines: Array(text.utf8))
    }

    @Test("fields keep their order and lose the white space around their values")
    func fields() {
        let headers = Self.headers("Server: nginx\r\nX-A:\t a b \r\nX-A:c\r\nEmpty:\r\n")
        #expect(
            headers.fields == [
                HTTPField(name: "Server", value: "nginx"), HTTPField(name: "X-A", value: "a b"),
                HTTPField(name: "X-A", value: "c"), HTTPField(name: "Empty", value: ""),
            ]
        )
    }

    @Test("the first field of a name is found whatever the case of its letters")
    func first() {
        let headers = Self.headers("Content-Type: text/plain\r\nx-a: 1\r\nX-A: 2\r\n")
        #expect(headers.first("CONTENT-TYPE") == "text/plain")
        #expect(headers.first("X-a") == "1")
        #expect(headers.first("Content") == nil)
    }

    @Test("a folded line continues the one before, a line feed alone ends a line, and what is no field is skipped")
    func lenient() {
        let headers = Self.headers(" lost\r\nX-A: one\r\n  two\r\n\t\r\nno colon\nX-B: 3\n")
        #expect(headers.fields == [HTTPField(name: "X-A", value: "one two"), HTTPField(name: "X-B", value: "3")])
    }

    @Test("the first field of a name is the same as in the list of all, whatever bytes came", arguments: 0..<20)
    func firstOfAny(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let alphabet = Array("aAbB:: \t\r\n\n-é".utf8)
        for _ in 0..<500 {
            let headers = HTTPHeaders(lines: (0..<next(60)).map { _ in alphabet[next(alphabet.count)] })
            for name in ["a", "ab", "A-b", ""] {
                let listed = headers.fields.first { $0.name.lowercased() == name.lowercased() }?.value
                #expect(headers.first(name) == listed, "\(headers)")
            }
        }
    }
}
