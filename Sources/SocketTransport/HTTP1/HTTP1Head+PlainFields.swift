// SPDX-License-Identifier: Apache-2.0

extension HTTP1Head {
    /// Field lines that were taken together.
    struct PlainFields {
        /// How many there are.
        var count = 0
        /// Where the last of them ends.
        var end: Int
        /// Where to read on: behind the empty line, when that follows.
        var next: Int
        /// Whether the empty line follows.
        var isEnd: Bool { next > end }
    }

    /// Takes the field lines from `start` on, up to the fields' end or one that needs a second look: it has not arrived whole,
    /// something is odd about it, or it is beyond a limit.
    @inline(__always)
    mutating func takePlainFields(
        of bytes: borrowing Span<UInt8>,
        from start: Int,
        bytes mostBytes: Int,
        fields mostFields: Int
    ) -> PlainFields {
        var taken = PlainFields(end: start, next: start)
        while let line = HTTP1Line(in: bytes, from: taken.end), line.next - start <= mostBytes {
            taken.next = line.next
            if line.text.isEmpty { return taken }
            guard line.isPlainField(of: bytes), taken.count < mostFields else { break }
            take(line, in: bytes)
            taken.count += 1
            taken.end = line.next
        }
        taken.next = taken.end
        return taken
    }
}

extension HTTP1Line {
    /// Whether it has a name, without blanks around it: neither continues it the line before, nor is its colon in doubt.
    @inline(__always)
    fileprivate func isPlainField(of bytes: borrowing Span<UInt8>) -> Bool {
        colon < text.upperBound && colon > text.lowerBound
            && bytes[text.lowerBound] > UInt8(ascii: " ") && bytes[colon - 1] > UInt8(ascii: " ")
    }
}
