// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SocketTransport

/// Where a line stands: what a search byte by byte finds of it.
private struct Found: Equatable {
    var text: Range<Int>
    var colon: Int
    var next: Int

    init?(_ line: HTTP1Line?) {
        guard let line else { return nil }
        (text, colon, next) = (line.text, line.colon, line.next)
    }

    init?(byteByByte bytes: [UInt8], from start: Int) {
        guard let lineFeed = bytes[start...].firstIndex(of: 0x0A) else { return nil }
        let hasReturn = lineFeed > start && bytes[lineFeed - 1] == 0x0D
        text = start..<(hasReturn ? lineFeed - 1 : lineFeed)
        colon = bytes[text].firstIndex(of: UInt8(ascii: ":")) ?? text.upperBound
        next = lineFeed + 1
        if bytes[text].contains(0) || bytes[text].contains(0x0D) { return nil }
        // No name holds one of these, so that the line is left to who looks at it again.
        if bytes[text.lowerBound..<colon].contains(where: { $0 < 14 }) { return nil }
    }
}

@Suite("HTTP1Line")
struct HTTP1LineTests {
    @Test("a line is found wherever it stands, however long it is, and whatever follows", arguments: 0...17)
    func plain(start: Int) {
        for name in 0...18 {
            for value in 0...18 {
                for (end, rest) in [("\r\n", 0), ("\n", 0), ("\r\n", 9), ("\n", 1), ("", 0), ("\r", 0)] {
                    let text = String(repeating: "n", count: name) + ":" + String(repeating: "v", count: value)
                    let all = String(repeating: "\n", count: start) + text + end + String(repeating: ":", count: rest)
                    let bytes = Array(all.utf8)
                    let expected = Found(byteByByte: bytes, from: start)
                    #expect(Found(HTTP1Line(in: bytes.span, from: start)) == expected, "\(all.debugDescription)")
                }
            }
        }
    }

    @Test("any byte anywhere in a line is what it is byte by byte", arguments: UInt8.min...UInt8.max)
    func anyByte(_ byte: UInt8) {
        for text in ["Content-Type: text/html; charset=utf-8\r\n\r\n", "no colon at all\nnext", "a:b:c\r\n"] {
            for position in text.utf8.indices.map({ text.utf8.distance(from: text.startIndex, to: $0) }) {
                var bytes = Array(text.utf8)
                bytes[position] = byte
                let expected = Found(byteByByte: bytes, from: 0)
                #expect(Found(HTTP1Line(in: bytes.span, from: 0)) == expected, "\(byte) at \(position)")
            }
        }
    }

    @Test("any two bytes side by side are what they are byte by byte")
    func pairs() {
        // Subtracting from one byte must not change what the next is taken for.
        let bytes: [UInt8] = [0, 1, 9, 10, 13, 14, 57, 58, 59, 127, 128, 141, 142, 255]
        for first in bytes {
            for second in bytes {
                for offset in 0..<8 {
                    let line = [UInt8](repeating: 120, count: offset) + [first, second] + Array("x: y\r\n\r\n".utf8)
                    let expected = Found(byteByByte: line, from: 0)
                    #expect(Found(HTTP1Line(in: line.span, from: 0)) == expected, "\(line)")
                }
            }
        }
    }
}
