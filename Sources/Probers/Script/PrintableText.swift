// SPDX-License-Identifier: Apache-2.0

/// Makes bytes from outside fit to be shown to people: in a terminal, a log line, a page.
enum PrintableText {
    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    /// The bytes as text of at most `limit` bytes of UTF-8, in which nothing has an effect but line feeds.
    ///
    /// What is not UTF-8, control characters (so escape sequences lose their escape), invisible format characters (so nothing
    /// can turn the direction of writing) and other line separators become U+FFFD; a tab becomes a space, and a carriage
    /// return before a line feed disappears. Zero-width joiners stay, because scripts of living languages need them.
    /// Bytes that are `isCut` end somewhere in a longer text, perhaps within a character, which is then left out.
    static func of(_ bytes: [UInt8], isCut: Bool = false, limit: Int) -> String {
        var text = String.UnicodeScalarView()
        var length = 0
        let whole = isCut ? bytes[..<endOfLastCharacter(bytes)] : bytes[...]
        let scalars = String(decoding: whole, as: UTF8.self).unicodeScalars
        for index in scalars.indices {
            guard let scalar = shown(scalars[index], before: scalars[scalars.index(after: index)...].first) else {
                continue
            }
            length += UTF8.width(scalar)
            guard length <= limit else { break }
            text.append(scalar)
        }
        return String(text)
    }

    private static func shown(_ scalar: Unicode.Scalar, before next: Unicode.Scalar?) -> Unicode.Scalar? {
        switch scalar {
        case "\n": return scalar
        case "\t": return " "
        case "\r" where next == "\n": return nil
        case "\u{20}"..."\u{7E}", "\u{200C}", "\u{200D}": return scalar
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return replacement
        default: return scalar
        }
    }

    /// Where the last whole character ends: before a sequence that needs more bytes than there are.
    private static func endOfLastCharacter(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let byte = bytes[bytes.count - length]
            if byte & 0xC0 == 0x80 { continue }
            let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return needed > length ? bytes.count - length : bytes.count
        }
        return bytes.count
    }
}
