// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `expect.json`: what must be where in the document.
///
/// A plain scalar is a value by the rules of YAML: `true`, `5` and `null` are what JSON calls so, all else is a text, and so is
/// everything in quotes. A text that begins with `<`, `<=`, `>`, `>=`, `=`, `!=` or `~` is a comparison, in quotes or not;
/// after `=` and `!=` stands a JSON value or a bare text, so that `'= "<none>"'` asks for a text that looks like one. The
/// words `exists` and `missing` ask whether there is a value.
enum JSONExpectationReader {
    /// The most conditions of one probe.
    static let mostConditions = 64

    /// The conditions in the order written, or nil after a complaint about the whole.
    static func read(_ field: Field) -> [JSONExpectation]? {
        guard let entries = field.entries() else { return nil }
        guard entries.count <= mostConditions else {
            field.error("\(entries.count) conditions (at most \(mostConditions))", DiagnosticDetail(.tooMany))
            return nil
        }
        return entries.compactMap { entry in
            let child = field.child(entry)
            let path = path(entry.key, of: field, at: child.keyLocation)
            guard let condition = condition(child), let path else { return nil }
            return JSONExpectation(path, condition)
        }
    }

    private static func path(_ text: String, of field: Field, at location: FileLocation) -> JSONPath? {
        do {
            return try JSONPath(text)
        } catch {
            let shown = "\(VisibleText.quoted(text)) is not a JSON path: \(VisibleText.make(error.message))"
            field.sink.error(
                "\(shown) (use $.name, $['name'], $[0], $[*], $.name.length())",
                keyPath: field.keyPath,
                at: location
            )
            return nil
        }
    }

    private static func condition(_ field: Field) -> JSONCondition? {
        guard case .scalar(let scalar) = field.node.content else {
            field.error("expected a value or a comparison, found \(field.shape)")
            return nil
        }
        guard scalar.isQuoted || !scalar.text.isEmpty else {
            field.error(
                "has no value (expected a value or a comparison; write null for null)",
                DiagnosticDetail(.missingValue)
            )
            return nil
        }
        if scalar.isNull { return .equals(.null) }
        guard let text = field.text("a value or a comparison", isPattern: true) else { return nil }
        switch text {
        case "exists": return .exists
        case "missing": return .missing
        default: break
        }
        // The longer ones first.
        for sign in ["<=", ">=", "!=", "<", ">", "=", "~"] where text.hasPrefix(sign) {
            let operand = text.dropFirst(sign.count).drop { $0 == " " }
            return comparison(sign, String(operand), of: field)
        }
        if scalar.isQuoted { return .equals(.text(text)) }
        return value(text, of: field).map { .equals($0) }
    }

    private static func comparison(_ sign: String, _ operand: String, of field: Field) -> JSONCondition? {
        switch sign {
        case "~": return PatternText.check(operand, of: field).map { .matches($0) }
        case "=": return jsonValue(operand, of: field).map { .equals($0) }
        case "!=": return jsonValue(operand, of: field).map { .differs($0) }
        default:
            guard let comparison = JSONCondition.Comparison(rawValue: sign), let limit = DecimalNumber(operand) else {
                field.error("\(VisibleText.quoted(operand)) is not a number (use '\(sign) 1000')")
                return nil
            }
            return .compares(comparison, limit)
        }
    }

    /// A plain scalar as YAML 1.2 reads it; a number that JSON would write otherwise is refused, not guessed at.
    private static func value(_ text: String, of field: Field) -> JSONScalar? {
        switch text {
        case "true", "True", "TRUE": return .truth(true)
        case "false", "False", "FALSE": return .truth(false)
        default: break
        }
        if let number = DecimalNumber(text) { return .number(number) }
        guard !looksLikeNumber(text) else {
            field.error(
                "\(VisibleText.quoted(text)) is not how JSON writes a number (use 10, 0.5, 1e3, or quotes for a text)"
            )
            return nil
        }
        return .text(text)
    }

    /// What stands after `=` or `!=`: JSON's own words and numbers, a text in double quotes, or a bare text.
    private static func jsonValue(_ operand: String, of field: Field) -> JSONScalar? {
        switch operand {
        case "true": return .truth(true)
        case "false": return .truth(false)
        case "null": return .null
        case "":
            field.error("nothing to compare with (use '!= 5', '!= \"\"')")
            return nil
        default: break
        }
        if let number = DecimalNumber(operand) { return .number(number) }
        guard operand.hasPrefix("\"") else { return .text(operand) }
        guard operand.count >= 2, operand.hasSuffix("\"") else {
            field.error("the double quote is not closed")
            return nil
        }
        return .text(String(operand.dropFirst().dropLast()))
    }

    /// Whether YAML takes `text` for a number that JSON does not know: `+5`, `.5`, `010`, `0x1F`, `.inf`.
    private static func looksLikeNumber(_ text: String) -> Bool {
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        if [".inf", ".nan"].contains(unsigned.lowercased()) { return true }
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where unsigned.hasPrefix(prefix) {
            return unsigned.dropFirst(2).allSatisfy { $0.isASCII && $0.hexDigitValue.map { $0 < radix } == true }
        }
        let mantissaEnd = unsigned.firstIndex { $0 == "e" || $0 == "E" } ?? unsigned.endIndex
        let mantissa = unsigned[..<mantissaEnd]
        let exponent = unsigned[mantissaEnd...].dropFirst()
        let digits = exponent.hasPrefix("-") || exponent.hasPrefix("+") ? exponent.dropFirst() : exponent
        let isExponent = mantissaEnd == unsigned.endIndex || (!digits.isEmpty && digits.utf8.allSatisfy(isDigit))
        return isExponent && mantissa.utf8.contains(where: isDigit)
            && mantissa.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
            && mantissa.utf8.count { $0 == UInt8(ascii: ".") } <= 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
