// SPDX-License-Identifier: Apache-2.0

/// One step of a dialog with a server.
package enum DialogStep: Hashable, Sendable {
    /// Sends a text as UTF-8; nothing is added to it.
    case send(DialogText)
    /// Waits until a regular expression occurs in what has arrived since the last such place.
    case expect(DialogText)
}

/// A text in which `${1}` stands for what the last `expect` with groups captured.
package struct DialogText: Hashable, Sendable {
    /// A piece of the text.
    package enum Part: Hashable, Sendable {
        case literal(String)
        /// The group with this number, from 1.
        case capture(Int)
    }

    /// As written.
    package let text: String
    /// What it is made of, in order.
    package let parts: [Part]

    /// The longest text, in bytes: 8 KiB.
    package static let maximumLength = 8_192

    /// Joins parts that were made of `text`.
    package init(text: String, parts: [Part]) {
        self.text = text
        self.parts = parts
    }

    /// Reads the references; whatever else begins with `$` is itself.
    package init(_ text: String) {
        self.text = text
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "$") {
            literal += rest[..<start]
            rest = rest[start...]
            let digits = rest.dropFirst(2).prefix { ("0"..."9").contains($0) }
            let isReference = rest.hasPrefix("${") && digits.count <= 3 && rest[digits.endIndex...].hasPrefix("}")
            if isReference, let number = Int(digits) {
                if !literal.isEmpty { parts.append(.literal(literal)) }
                parts.append(.capture(number))
                literal = ""
                rest = rest[digits.endIndex...].dropFirst()
            } else {
                literal.append("$")
                rest = rest.dropFirst()
            }
        }
        literal += rest
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    /// The groups that the text refers to.
    package var references: [Int] {
        parts.compactMap { if case .capture(let number) = $0 { number } else { nil } }
    }

    /// The text with an expression in the place of each reference, for seeing whether it is one: no shorter and no longer, so
    /// that places in it are places in the text.
    package var asPattern: String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .capture(let number): "(?:" + String(repeating: "x", count: String(number).count - 1) + ")"
            }
        }.joined()
    }
}
