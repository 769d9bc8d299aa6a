// SPDX-License-Identifier: Apache-2.0

/// Foreign text made fit for one line of output.
package enum Excerpt {
    /// Most characters that are kept.
    package static let maximumCharacters = 200

    /// The first bytes of an answer as text: broken UTF-8 replaced, control characters and line ends as spaces; nil when empty.
    package static func text(of bytes: [UInt8]) -> String? {
        // A character has at most 4 bytes in all but absurd text.
        let text = bounded(String(decoding: bytes.prefix(4 * maximumCharacters), as: UTF8.self))
        return text.isEmpty ? nil : text
    }

    /// Text from outside, bounded and on one line.
    package static func bounded(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(maximumCharacters) {
            result.append(isPrintable(scalar) ? scalar : " ")
        }
        return String(result)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
