// SPDX-License-Identifier: Apache-2.0

import HealthModel
import PatternMatching
import YAMLEvents

/// Reads `dialog`: a list of `{send: text}` and `{expect: expression}`.
struct DialogReader {
    /// How many groups the last `expect` that had any captured, for references to them.
    private var captures = 0

    /// The steps; nil after a complaint.
    static func read(_ field: Field) -> [DialogStep]? {
        guard let items = field.items() else { return nil }
        guard !items.isEmpty else {
            field.error("has no steps (leave it out to only connect)", DiagnosticDetail(.invalidValue))
            return nil
        }
        guard items.count <= TCPProbe.mostSteps else {
            field.error("\(items.count) steps (at most \(TCPProbe.mostSteps))", DiagnosticDetail(.tooMany))
            return nil
        }
        var reader = DialogReader()
        let steps = items.map { reader.step($0) }
        let read = steps.compactMap(\.self)
        return read.count == steps.count ? read : nil
    }

    private mutating func step(_ field: Field) -> DialogStep? {
        guard case .mapping = field.node.content else {
            field.error(
                "expected {send: text} or {expect: expression}, found \(field.isNull ? "nothing" : field.shape)",
                DiagnosticDetail(.wrongShape)
            )
            return nil
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.dialogStep) else { return nil }
        switch (mapping.field("send"), mapping.field("expect")) {
        case (let send?, nil): return text(send, "a text") { send.dialogText($0) }.map { .send($0) }
        case (nil, let expect?): return pattern(expect).map { .expect($0) }
        case (_?, let expect?):
            expect.keyError("a step either sends or expects (write two)", DiagnosticDetail(.conflict))
        case (nil, nil):
            if case .mapping(let entries) = field.node.content, entries.isEmpty {
                field.error("an empty step (write send: text or expect: expression)", DiagnosticDetail(.missingValue))
            }
        }
        return nil
    }

    private mutating func pattern(_ field: Field) -> DialogText? {
        guard let text = text(field, "a regular expression", DialogText.init) else { return nil }
        do {
            let pattern = try Pattern(text.asPattern)
            if pattern.captureCount > 0 { captures = pattern.captureCount }
            return text
        } catch {
            let place = "at character \(error.offset + 1)"
            field.error("\(VisibleText.quoted(text.text)) is not a regular expression: \(error.message) \(place)")
            return nil
        }
    }

    private func text(
        _ field: Field,
        _ expected: String,
        _ make: (String) -> DialogText?
    ) -> DialogText? {
        guard let written = field.text(expected, isPattern: true) else { return nil }
        guard !written.isEmpty else {
            field.error("is empty (expected \(expected))", DiagnosticDetail(.missingValue))
            return nil
        }
        guard written.utf8.count <= DialogText.maximumLength else {
            field.error("\(written.utf8.count) bytes (at most \(DialogText.maximumLength))", DiagnosticDetail(.tooMany))
            return nil
        }
        guard let text = make(written) else { return nil }
        guard let wrong = text.references.first(where: { $0 < 1 || $0 > captures }) else { return text }
        let known =
            switch captures {
            case 0: "no expect before it has a group"
            case 1: "the last expect with groups has 1"
            default: "the last expect with groups has \(captures)"
            }
        field.error("${\(wrong)} is the capture of no group (\(known))")
        return nil
    }
}
