// SPDX-License-Identifier: Apache-2.0

/// Makes text from files fit for a terminal: nothing in it moves the cursor, changes colours or hides other text.
enum VisibleText {
    /// The most characters of a value that a message quotes.
    static let maximumQuoted = 60

    /// `text` with every character replaced that a terminal would act on.
    static func make(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(replacement(for: scalar)) }
        return String(result)
    }

    /// `text` visible and cut as in quotes.
    static func cut(_ text: some StringProtocol) -> String { String(quoted(text).dropFirst().dropLast()) }

    /// `text` in double quotes for a message, visible and cut.
    static func quoted(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars
        let isCut = scalars.count > maximumQuoted
        var shown = String.UnicodeScalarView()
        for scalar in scalars.prefix(maximumQuoted) { shown.append(replacement(for: scalar)) }
        return "\"\(String(shown))\(isCut ? "…" : "")\""
    }

    /// `scalar` itself, the picture of a control character (U+2400 on), or U+FFFD for what has no picture.
    static func replacement(for scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x00...0x1F: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        case 0x80...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xE0000...0xE007F: "\u{FFFD}"
        default: scalar
        }
    }

    /// How many cells a terminal gives `scalar`: 0 for a combining mark, 2 for East Asian wide characters and emoji, else 1.
    ///
    /// Coarse on purpose: it only places a caret.
    static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
