// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

extension Field {
    /// The longest text that replacement may make, in bytes: as long as a file may be.
    private static let longestReplaced = YAMLDocument.maximumBytes

    /// `text`, which is this value's, with what its `${…}` stand for; nil after a complaint at each that stands for nothing.
    func replacingVariables(in text: String) -> String? {
        guard Self.hasVariable(text) else { return text }
        return parts(of: text, keepsCaptures: false).map { parts in
            parts.reduce(into: "") { if case .literal(let literal) = $1 { $0 += literal } }
        }
    }

    /// The same for what a dialog sends, where `${1}` stays a reference to what was captured.
    func dialogText(_ text: String) -> DialogText? {
        guard Self.hasVariable(text) else { return DialogText(text) }
        return parts(of: text, keepsCaptures: true).map { DialogText(text: text, parts: $0) }
    }

    private static func hasVariable(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "{") }
    }

    private func parts(of text: String, keepsCaptures: Bool) -> [DialogText.Part]? {
        var parts: [DialogText.Part] = []
        var length = 0
        var isComplete = true
        for piece in TextPiece.pieces(of: text) {
            switch piece {
            case .literal(let literal): parts.append(.literal(literal))
            case .unclosed(let ordinal):
                complain("${ has no }", hint: "${ itself is written $${", at: ordinal)
                isComplete = false
            case .variable(let name, _) where keepsCaptures && Self.isCapture(name):
                parts.append(.capture(Int(name) ?? 0))
            case .variable(let name, let ordinal):
                do throws(VariableScope.Problem) {
                    parts.append(.literal(try variables.value(of: name)))
                } catch {
                    complain(error.message, hint: error.hint, at: ordinal)
                    isComplete = false
                }
            }
            if case .literal(let literal)? = parts.last { length += literal.utf8.count }
            guard length <= Self.longestReplaced else {
                complain("more than \(Self.longestReplaced) bytes with all of ${…} replaced", hint: nil, at: 0)
                return nil
            }
        }
        return isComplete ? Self.joined(parts) : nil
    }

    private static func isCapture(_ name: String) -> Bool {
        (1...3).contains(name.utf8.count) && name.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The same with neighbouring literals as one.
    private static func joined(_ parts: [DialogText.Part]) -> [DialogText.Part] {
        parts.reduce(into: []) { joined, part in
            if case .literal(let text) = part, case .literal(let before)? = joined.last {
                joined[joined.count - 1] = .literal(before + text)
            } else {
                joined.append(part)
            }
        }
    }

    private func complain(_ message: String, hint: String?, at ordinal: Int) {
        sink.error(
            message + (hint.map { " (\($0))" } ?? ""),
            keyPath: keyPath,
            at: sink.location(ofVariable: ordinal, in: self),
            DiagnosticDetail(.unknownVariable, hint: hint)
        )
    }
}

extension DiagnosticSink {
    /// Where the `${` number `ordinal` of a text is written; the text's own place where quotes hide it (`"\x24{"`).
    fileprivate func location(ofVariable ordinal: Int, in field: Field) -> FileLocation {
        guard let lines = lines(of: field.path), case .scalar(let scalar) = field.node.content else {
            return field.location
        }
        let opening: [Unicode.Scalar] = ["$", "{"]
        let written = lines.places(of: opening, from: field.node.position, to: field.node.end)
        let read = SourceLines(Array(scalar.text.utf8)).places(of: opening)
        guard written.count == read.count, written.indices.contains(ordinal) else { return field.location }
        let place = written[ordinal]
        let end = SourcePosition(line: place.line, column: place.column + opening.count)
        return FileLocation(path: field.path, position: place, end: end)
    }
}
