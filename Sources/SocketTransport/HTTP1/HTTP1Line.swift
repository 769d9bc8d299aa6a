// SPDX-License-Identifier: Apache-2.0

/// Where a line of an answer's head stands, its colon found and its bytes checked in one pass.
///
/// Made only of a line that needs no second look: it has arrived whole, and holds nothing which ends it for some readers and not
/// for others (RFC 9112 section 2.2).
struct HTTP1Line {
    /// The text without the line's end.
    let text: Range<Int>
    /// The first colon; the text's end when there is none.
    let colon: Int
    /// Where the next line begins.
    let next: Int

    /// Looks at the line that begins at `start`; nil when it needs a second look.
    @inline(__always)
    init?(in bytes: borrowing Span<UInt8>, from start: Int) {
        var colon: Int?
        var position = bytes.firstMark(from: start, orColon: true)
        if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
            colon = position
            position = bytes.firstMark(from: position + 1, orColon: false)
        }
        while position < bytes.count {
            switch bytes[position] {
            case .lineFeed:
                self.init(text: start..<position, colon: colon ?? position, next: position + 1)
                return
            case .carriageReturn:
                guard position + 1 < bytes.count, bytes[position + 1] == UInt8.lineFeed else { return nil }
                self.init(text: start..<position, colon: colon ?? position, next: position + 2)
                return
            case 0:
                return nil
            default:
                // A tab, most likely.
                guard colon != nil else { return nil }
                position = bytes.firstMark(from: position + 1, orColon: false)
            }
        }
        return nil
    }

    private init(text: Range<Int>, colon: Int, next: Int) {
        self.text = text
        self.colon = colon
        self.next = next
    }
}

extension UInt8 {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
}

extension Span<UInt8> {
    /// Where the first byte below 14 stands, of which are NUL, LF and CR, or colon if that is asked for; `count` without one.
    @inline(__always)
    fileprivate func firstMark(from start: Int, orColon: Bool) -> Int {
        precondition(start >= 0 && start <= count, "a search from \(start) of \(count) bytes")
        // unsafe: no more is read than there is, and the pointer is used within the closure only.
        return unsafe withUnsafeBytes { bytes in
            let ones: UInt64 = 0x0101_0101_0101_0101
            var position = start
            while position <= bytes.count - 8 {
                let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                // A byte's highest bit is set where it is too small to subtract from; above the first such byte by mistake, too.
                var marks = (word &- 14 &* ones) & ~word
                if orColon {
                    let others = word ^ (ones &* UInt64(UInt8(ascii: ":")))
                    marks |= (others &- ones) & ~others
                }
                marks &= ones << 7
                if marks != 0 { return position + marks.trailingZeroBitCount >> 3 }
                position += 8
            }
            while position < bytes.count {
                let byte = unsafe bytes[position]
                if byte < 14 || orColon && byte == UInt8(ascii: ":") { break }
                position += 1
            }
            return position
        }
    }
}
