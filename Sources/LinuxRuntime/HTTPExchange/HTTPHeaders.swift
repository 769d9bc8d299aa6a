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
    /// Makes no string but the one it returns: gRPC asks four times for each answer.
    package func first(_ name: String) -> String? {
        var start = 0
        var hasField = false
        while start < lines.count {
            let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) ?? lines.count
            defer { start = end + 1 }
            guard end > start, !hasField || !Self.isBlank(lines[start]) else { continue }
            guard let colon = lines[start..<end].firstIndex(of: UInt8(ascii: ":")) else { continue }
            hasField = true
            guard Self.isSame(Self.trimmed(lines[start..<colon]), name) else { continue }
            // What continues on another line is put together there.
            guard !hasContinuation(after: end) else { return fields.first { Self.isSame($0.name.utf8, name) }?.value }
            return Self.text(lines[(colon + 1)..<end])
        }
        return nil
    }

    /// Whether any line behind the one that ends at `end` begins with white space.
    private func hasContinuation(after end: Int) -> Bool {
        zip(lines[end...], lines[end...].dropFirst()).contains { $0 == UInt8(ascii: "\n") && Self.isBlank($1) }
    }

    private static func isSame(_ left: some Collection<UInt8>, _ right: String) -> Bool {
        left.count == right.utf8.count && zip(left, right.utf8).allSatisfy { lowered($0) == lowered($1) }
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
