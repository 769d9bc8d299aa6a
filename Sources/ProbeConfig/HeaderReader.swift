// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `headers`: request fields by name (RFC 9110 section 5).
enum HeaderReader {
    /// The most fields of one request.
    static let mostFields = 64
    /// The longest value, in bytes.
    static let longestValue = 8_192

    /// The fields in the order written, those first whose values are texts; nil after a complaint about the whole.
    static func readWithSecrets(_ field: Field) -> (fields: [HTTPField], secrets: [SecretField])? {
        let all = read(field) { child in
            if HTTPReview.openingFields.contains(child.key.lowercased()) { child.hideText() }
            return child.secret("a text", text: value).map { SecretField(name: child.key, value: $0) }
        }
        guard let all else { return nil }
        var (fields, secrets): ([HTTPField], [SecretField]) = ([], [])
        for entry in all {
            if case .text(let text) = entry.value {
                fields.append(HTTPField(name: entry.name, value: text))
            } else {
                secrets.append(entry)
            }
        }
        return (fields, secrets)
    }

    private static func read<Entry>(_ field: Field, _ readEntry: (Field) -> Entry?) -> [Entry]? {
        guard let entries = field.entries() else { return nil }
        guard entries.count <= mostFields else {
            field.error("\(entries.count) headers (at most \(mostFields))", DiagnosticDetail(.tooMany))
            return nil
        }
        var first: [String: FileLocation] = [:]
        return entries.compactMap { entry in
            let child = field.child(entry)
            let name = entry.key.lowercased()
            if let earlier = first[name] {
                field.sink.duplicate(child.keyPath, at: child.keyLocation, first: earlier)
            }
            first[name] = first[name] ?? child.keyLocation
            if let complaint = complaint(about: name) {
                field.sink.error(
                    "\(VisibleText.quoted(entry.key)) \(complaint)",
                    keyPath: field.keyPath,
                    at: child.keyLocation
                )
            }
            return readEntry(child)
        }
    }

    /// Whether `text` is a token of RFC 9110 section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    private static func complaint(about name: String) -> String? {
        guard isToken(name) else { return "is not a header name" }
        guard !["content-length", "transfer-encoding"].contains(name) else { return "is set by the agent" }
        return nil
    }

    private static func value(_ field: Field) -> String? {
        guard let text = field.text() else { return nil }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
            field.error("a header value has no line break or control character", DiagnosticDetail(.invalidValue))
            return nil
        }
        guard text.utf8.count <= longestValue else {
            field.error("the value is longer than \(longestValue) bytes", DiagnosticDetail(.outOfRange))
            return nil
        }
        return text
    }
}
