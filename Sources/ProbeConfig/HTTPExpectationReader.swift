// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `expect` of an HTTP probe.
enum HTTPExpectationReader {
    /// The expectation, or nil after a complaint about the whole.
    static func read(_ field: Field) -> HTTPExpectation? {
        guard let mapping = MappingReader(field, keys: ContractKeys.httpExpect) else { return nil }
        var expectation = HTTPExpectation()
        mapping.read("status", into: &expectation.statuses, statuses)
        mapping.read("headers", into: &expectation.headers, headers)
        mapping.read("json", into: &expectation.json, JSONExpectationReader.read)
        guard let body = mapping.field("body") else { return expectation }
        guard let mapping = MappingReader(body, keys: ContractKeys.httpExpectBody) else { return nil }
        mapping.read("contains", into: &expectation.bodyContains) { list($0) { $0.filledText() } }
        mapping.read("matches", into: &expectation.bodyMatches) { list($0, pattern) }
        mapping.read("not_matches", into: &expectation.bodyNotMatches) { list($0, pattern) }
        return expectation
    }

    /// One code or range, or a list of them.
    private static func statuses(_ field: Field) -> [ClosedRange<Int>]? {
        guard let items = field.items(wrapsSingle: true) else { return nil }
        guard !items.isEmpty else {
            field.error("has no status code, so no answer would pass", DiagnosticDetail(.neverHolds))
            return nil
        }
        return items.compactMap(status)
    }

    private static func status(_ field: Field) -> ClosedRange<Int>? {
        guard let text = field.scalar(expecting: "a status code or a range")?.text else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let codes = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        guard (1...2).contains(parts.count), codes.count == parts.count, let low = codes.first, let high = codes.last
        else {
            field.error("\(VisibleText.quoted(text)) is not a status code or a range (use 200 or 200-299)")
            return nil
        }
        guard (100...599).contains(low), (100...599).contains(high) else {
            field.error("\(VisibleText.quoted(text)) is out of range (100 to 599)", DiagnosticDetail(.outOfRange))
            return nil
        }
        guard low <= high else {
            field.error("\(VisibleText.quoted(text)) runs backwards (use \(high)-\(low))")
            return nil
        }
        return low...high
    }

    private static func list(_ field: Field, _ read: (Field) -> String?) -> [String]? {
        field.items(wrapsSingle: true).map { $0.compactMap(read) }
    }

    /// A regular expression (PCRE2), as written, or nil after a complaint.
    static func pattern(_ field: Field) -> String? {
        field.text("a regular expression", isPattern: true).flatMap { PatternText.check($0, of: field) }
    }

    /// A regular expression for each field name.
    private static func headers(_ field: Field) -> [HeaderExpectation]? {
        guard let entries = field.entries() else { return nil }
        guard entries.count <= HeaderReader.mostFields else {
            field.error("\(entries.count) headers (at most \(HeaderReader.mostFields))", DiagnosticDetail(.tooMany))
            return nil
        }
        return entries.compactMap { entry in
            let child = field.child(entry)
            if !HeaderReader.isToken(entry.key) {
                field.sink.error(
                    "\(VisibleText.quoted(entry.key)) is not a header name",
                    keyPath: field.keyPath,
                    at: child.keyLocation,
                    DiagnosticDetail(.invalidName)
                )
            }
            return pattern(child).map { HeaderExpectation(name: entry.key, pattern: $0) }
        }
    }
}
