// SPDX-License-Identifier: Apache-2.0

/// A piece of a text in which `${…}` stands for something else.
enum TextPiece: Hashable {
    /// Stands for itself.
    case literal(String)
    /// `${name}`, and the how many-th `${` of the text it is, from 0.
    case variable(String, ordinal: Int)
    /// `${` that no `}` closes.
    case unclosed(ordinal: Int)

    /// Cuts `text` at its variables; `$${` is a literal `${`, every other `$` itself.
    ///
    /// Looks at bytes, so that no combining mark hides a brace.
    static func pieces(of text: String) -> [TextPiece] {
        let bytes = Array(text.utf8)
        var pieces: [TextPiece] = []
        var literal: [UInt8] = []
        var ordinal = 0
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            if rest.starts(with: "$${".utf8) {
                literal += "${".utf8
                ordinal += 1
                index += 3
            } else if rest.starts(with: "${".utf8) {
                if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal = []
                guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else {
                    pieces.append(.unclosed(ordinal: ordinal))
                    return pieces
                }
                let name = String(decoding: bytes[index + 2..<close], as: UTF8.self)
                pieces.append(.variable(name, ordinal: ordinal))
                ordinal += 1
                index = close + 1
            } else {
                literal.append(bytes[index])
                index += 1
            }
        }
        if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
        return pieces
    }
}
