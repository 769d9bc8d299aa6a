// SPDX-License-Identifier: Apache-2.0

/// Where in a JSON document to look: a small part of JSONPath (RFC 9535).
///
/// | written | selects |
/// |---|---|
/// | `$` | the whole document |
/// | `.name` | the member `name`: letters, digits, `_`, `-` and all beyond ASCII, no digit first |
/// | `['name']`, `["name"]` | the member of any name; `\` before a quote or `\` takes it as it is |
/// | `[3]`, `[-1]` | the fourth, the last element of an array |
/// | `[*]`, `.*` | every element of an array, every member's value of an object |
/// | `.length()`, last only | how many elements, members, or characters (Unicode scalar values) of a text |
package struct JSONPath: Hashable, Sendable {
    /// The path as written.
    package let text: String
    /// From the document inwards.
    package let steps: [Step]
    /// Whether the length of what the steps select is meant.
    package let asksForLength: Bool

    /// Most bytes of a path.
    package static let maximumLength = 1_024
    /// Most steps of a path.
    package static let maximumSteps = 32

    /// One step inwards.
    package enum Step: Hashable, Sendable {
        case member(String)
        /// Negative counts from the end.
        case element(Int)
        case every
    }

    /// Why a text is no path.
    package struct Problem: Error, Hashable {
        /// What is wrong, in lower case, without a full stop.
        package let message: String
    }

    /// Takes `text` apart, or says what is wrong with it.
    package init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Self.maximumLength else {
            throw Problem(message: "longer than \(Self.maximumLength) bytes")
        }
        var parser = JSONPathParser(text)
        (steps, asksForLength) = try parser.parse()
        self.text = text
        guard steps.count <= Self.maximumSteps else { throw Problem(message: "more than \(Self.maximumSteps) steps") }
    }
}

/// Reads a path character by character.
private struct JSONPathParser {
    private let characters: [Unicode.Scalar]
    private var place = 0

    init(_ text: String) {
        characters = Array(text.unicodeScalars)
    }

    mutating func parse() throws(JSONPath.Problem) -> ([JSONPath.Step], Bool) {
        guard take("$") else { throw problem("a path begins with $") }
        var steps: [JSONPath.Step] = []
        while place < characters.count {
            if take(".") {
                if take("*") {
                    steps.append(.every)
                    continue
                }
                let name = takeName()
                guard !name.isEmpty else { throw problem("no name after the point") }
                if take("(") {
                    guard name == "length", take(")") else { throw problem("the only function is .length()") }
                    guard place == characters.count else { throw problem("nothing may follow .length()") }
                    return (steps, true)
                }
                steps.append(.member(name))
            } else if take("[") {
                steps.append(try takeBrackets())
            } else {
                throw problem("expected . or [")
            }
        }
        return (steps, false)
    }

    private mutating func takeBrackets() throws(JSONPath.Problem) -> JSONPath.Step {
        let step: JSONPath.Step
        if take("*") {
            step = .every
        } else if take("'") {
            step = .member(try takeQuoted(upTo: "'"))
        } else if take("\"") {
            step = .member(try takeQuoted(upTo: "\""))
        } else {
            let start = place
            _ = take("-")
            while place < characters.count, ("0"..."9").contains(characters[place]) { place += 1 }
            var digits = String.UnicodeScalarView()
            digits.append(contentsOf: characters[start..<place])
            guard let number = Int(String(digits)), abs(number) < 1 << 31 else {
                throw problem("expected a number, * or a name in quotes")
            }
            step = .element(number)
        }
        guard take("]") else { throw problem("expected ]") }
        return step
    }

    private mutating func takeQuoted(upTo end: Unicode.Scalar) throws(JSONPath.Problem) -> String {
        var name = String.UnicodeScalarView()
        while place < characters.count {
            var character = characters[place]
            place += 1
            if character == end { return String(name) }
            if character == "\\" {
                guard place < characters.count, ["'", "\"", "\\"].contains(characters[place]) else {
                    throw problem("\\ stands only before a quote or another \\")
                }
                character = characters[place]
                place += 1
            }
            name.append(character)
        }
        throw problem("the quote is not closed")
    }

    private mutating func takeName() -> String {
        var name = String.UnicodeScalarView()
        while place < characters.count, Self.isNameCharacter(characters[place], isFirst: name.isEmpty) {
            name.append(characters[place])
            place += 1
        }
        return String(name)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard place < characters.count, characters[place] == character else { return false }
        place += 1
        return true
    }

    private func problem(_ message: String) -> JSONPath.Problem {
        JSONPath.Problem(message: "\(message) at character \(place + 1)")
    }

    private static func isNameCharacter(_ character: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch character {
        case "a"..."z", "A"..."Z", "_", "\u{80}"...: true
        case "0"..."9", "-": !isFirst
        default: false
        }
    }
}
