// SPDX-License-Identifier: Apache-2.0

import HealthModel
import PatternMatching
import YAMLEvents

/// Reads `dialog` of a WebSocket probe: a list of what is said and what is expected.
enum WebSocketDialogReader {
    /// The most lines of a dialog.
    static let mostSteps = 64
    /// The longest message that is sent, in bytes.
    static let longestMessage = 64 * 1_024

    /// The steps in the order written, or nil after a complaint about the whole.
    static func read(_ field: Field) -> [WebSocketProbe.Step]? {
        guard let items = field.items() else { return nil }
        guard items.count <= mostSteps else {
            field.error("\(items.count) steps (at most \(mostSteps))", DiagnosticDetail(.tooMany))
            return nil
        }
        return items.compactMap(step)
    }

    private static func step(_ field: Field) -> WebSocketProbe.Step? {
        guard case .mapping(let entries) = field.node.content else {
            field.error(
                "expected {send: text} or {expect: regex}, found \(field.isNull ? "nothing" : field.shape)",
                DiagnosticDetail(.wrongShape)
            )
            return nil
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.webSocketStep) else { return nil }
        let written = ContractKeys.webSocketStep.supported.compactMap { mapping.field($0) }
        // An unknown key has its own complaint.
        guard !written.isEmpty || entries.isEmpty else { return nil }
        guard let first = written.first, written.count == 1 else {
            field.error("a step has one of send, expect, send_binary and expect_binary", DiagnosticDetail(.conflict))
            return nil
        }
        switch first.key {
        case "send": return text(first).map { .send($0) }
        case "expect": return HTTPExpectationReader.pattern(first).map { .expect($0) }
        case "send_binary": return bytes(first).map { .sendBinary($0) }
        default: return bytes(first).map { .expectBinary($0) }
        }
    }

    private static func text(_ field: Field) -> String? {
        guard let text = field.text() else { return nil }
        guard text.utf8.count <= longestMessage else {
            field.error("longer than \(SizeText.render(longestMessage))", DiagnosticDetail(.outOfRange))
            return nil
        }
        return text
    }

    /// Bytes in hexadecimal, such as `01 ff` or `01ff`.
    private static func bytes(_ field: Field) -> [UInt8]? {
        guard let text = field.scalar(expecting: "bytes in hexadecimal")?.text else { return nil }
        let digits = text.utf8.filter { $0 != UInt8(ascii: " ") }
        let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard values.count == digits.count, digits.count.isMultiple(of: 2) else {
            field.error("\(VisibleText.quoted(text)) is not hexadecimal, two digits for each byte (use '01 ff')")
            return nil
        }
        guard values.count / 2 <= longestMessage else {
            field.error("longer than \(SizeText.render(longestMessage))", DiagnosticDetail(.outOfRange))
            return nil
        }
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
}
