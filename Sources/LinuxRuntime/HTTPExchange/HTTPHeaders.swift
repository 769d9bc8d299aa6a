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

    /// The value of the first field called `name`, whatever the case of its letters; nil when there is none.
    package func first(_ name: String) -> String? {
        let wanted = name.lowercased()
        return fields.first { $0.name.lowercased() == wanted }?.value
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var trimmed = bytes.drop(while: isBlank)
        while let last = trimmed.last, isBlank(last) { trimmed.removeLast() }
        return String(decoding: trimmed, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
