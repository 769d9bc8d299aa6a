// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

/// A file cut into lines at LF, CRLF and CR, as positions count them.
struct SourceLines {
    private let bytes: [UInt8]
    private let ranges: [Range<Int>]

    /// Finds the lines of `bytes`; a byte order mark belongs to none.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var ranges: [Range<Int>] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                index += 1
                continue
            }
            ranges.append(start..<index)
            let isPair = byte == UInt8(ascii: "\r") && index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n")
            index += isPair ? 2 : 1
            start = index
        }
        ranges.append(start..<bytes.count)
        self.ranges = ranges
    }

    /// Where `text` occurs, one behind the other, from `start` to just before `end`; columns count Unicode scalar values.
    func places(of text: [Unicode.Scalar], from start: SourcePosition, to end: SourcePosition) -> [SourcePosition] {
        var places: [SourcePosition] = []
        for number in start.line...max(start.line, end.line) {
            guard let line = line(number) else { break }
            let scalars = Array(line.unicodeScalars)
            var index = number == start.line ? start.column - 1 : 0
            let limit = number == end.line ? min(end.column - 1, scalars.count) : scalars.count
            while index + text.count <= limit {
                if scalars[index...].starts(with: text) {
                    places.append(SourcePosition(line: number, column: index + 1))
                    index += text.count
                } else {
                    index += 1
                }
            }
        }
        return places
    }

    /// Where `text` occurs anywhere.
    func places(of text: [Unicode.Scalar]) -> [SourcePosition] {
        let last = SourcePosition(line: ranges.count, column: .max)
        return places(of: text, from: SourcePosition(line: 1, column: 1), to: last)
    }

    /// The line with this number, counted from 1, invalid UTF-8 replaced; nil when there is none.
    func line(_ number: Int) -> String? {
        guard ranges.indices.contains(number - 1) else { return nil }
        return String(decoding: bytes[ranges[number - 1]], as: UTF8.self)
    }
}
