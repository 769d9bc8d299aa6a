// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The fields of an answer, kept as they arrived and taken apart only when somebody looks.
///
/// Most probes look at none, so an answer costs no string. Bounded by the transport: 32 KiB and 100 fields.
package struct HTTPHeaders: Hashable, Sendable {
    /// Most bytes a transport accepts, status line and line ends included, interim answers too.
    package static let maximumBytes = 32 * 1024
    /// Most fields a transport accepts.
    package static let maximumFields = 100

    /// Field lines with their line ends.
    private let lines: [UInt8]

    /// Takes field lines as they arrived, without the status line; what has no colon is skipped.
    package init(lines: [UInt8]) {
        self.lines = lines
    }

    /// All fields in the order they arrived, values without the white space around them.
    ///
    /// A line that begins with white space continues the one before (RFC 9112 section 5.2), joined by one space.
    package var fields: [HTTPField] {
        var fields: [HTTPField] = []
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            if let first = line.first, Self.isBlank(first), !fields.isEmpty {
                let continuation = Self.text(line)
                if !continuation.isEmpty { fields[fields.count - 1].value += " " + continuation }
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                fields.append(HTTPField(name: Self.text(line[..<colon]), value: Self.text(line[(colon + 1)...])))
            }
        }
        return fields
    }

    /// The value of the first field called `name`, whatever the case of its ASCII letters; nil when there is none.
    ///
    /// Makes no string but the one it returns: gRPC asks several times for each answer. Linear in the fields' bytes.
    package func first(_ name: String) -> String? {
        let (all, wanted) = (lines.span, name.utf8Span.span)
        var start = 0
        var hasField = false
        while start < all.count {
            let line = Self.line(of: all, from: start)
            start = line.end + 1
            guard !line.isEmpty, line.colon < line.end, !hasField || !Self.isBlank(all[line.start]) else { continue }
            hasField = true
            guard Self.isSame(all, line.start..<line.colon, wanted) else { continue }
            // What continues on another line is put together there.
            guard !hasContinuation(after: line.end) else {
                return fields.first { Self.isSame($0.name.utf8Span.span, 0..<$0.name.utf8.count, wanted) }?.value
            }
            return Self.text(lines[(line.colon + 1)..<line.end])
        }
        return nil
    }

    /// A line of fields: where it begins, where its first colon is, or else its end, and where it ends.
    private struct Line {
        let start: Int
        var colon: Int
        var end: Int
        var isEmpty: Bool { start == end }
    }

    private static func line(of bytes: borrowing Span<UInt8>, from start: Int) -> Line {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), bytes[end] != UInt8(ascii: ":") { end += 1 }
        var line = Line(start: start, colon: end, end: end)
        while line.end < bytes.count, bytes[line.end] != UInt8(ascii: "\n") { line.end += 1 }
        return line
    }

    /// Whether any line behind the one that ends at `end` begins with white space.
    private func hasContinuation(after end: Int) -> Bool {
        let all = lines.span
        var end = end
        while end + 1 < all.count {
            if Self.isBlank(all[end + 1]) { return true }
            end = Self.line(of: all, from: end + 1).end
        }
        return false
    }

    /// Whether the bytes of `range`, without white space around them, are `name`, whatever the case of ASCII letters.
    private static func isSame(
        _ bytes: borrowing Span<UInt8>,
        _ range: Range<Int>,
        _ name: borrowing Span<UInt8>
    ) -> Bool {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while start < end, isBlank(bytes[end - 1]) { end -= 1 }
        guard end - start == name.count else { return false }
        for index in 0..<name.count where lowered(bytes[start + index]) != lowered(name[index]) { return false }
        return true
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: trimmed(bytes), as: UTF8.self)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var trimmed = bytes.drop(while: isBlank)
        while let last = trimmed.last, isBlank(last) { trimmed.removeLast() }
        return trimmed
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
