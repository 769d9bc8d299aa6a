// SPDX-License-Identifier: Apache-2.0

import ProbeConfig

/// A diagnostic as `bellwether check --format json` writes it.
///
/// Every member is always there, null where nothing is known; members are only ever added.
struct DiagnosticEntry: Encodable {
    private let diagnostic: Diagnostic

    init(_ diagnostic: Diagnostic) {
        self.diagnostic = diagnostic
    }

    private enum Key: String, CodingKey {
        case severity, code, file, line, column, end, key, message, seen, allowed, hint, other
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(diagnostic.severity.rawValue, forKey: .severity)
        try object.encode(diagnostic.detail.code.rawValue, forKey: .code)
        try object.encode(diagnostic.location.path, forKey: .file)
        try object.encode(diagnostic.location.line, forKey: .line)
        try object.encode(diagnostic.location.column, forKey: .column)
        try object.encode(Place(end: diagnostic.location), forKey: .end)
        try object.encode(diagnostic.keyPath, forKey: .key)
        try object.encode(diagnostic.message, forKey: .message)
        try object.encode(diagnostic.detail.seen, forKey: .seen)
        try object.encode(diagnostic.detail.allowed, forKey: .allowed)
        try object.encode(diagnostic.detail.hint, forKey: .hint)
        try object.encode(diagnostic.related.map(Place.init(start:)), forKey: .other)
    }

    /// A place in a file, lines and columns from 1; an end lies just behind the last character.
    private struct Place: Encodable {
        var file: String?
        let line: Int
        let column: Int

        init?(end location: FileLocation) {
            guard let line = location.endLine, let column = location.endColumn else { return nil }
            (self.line, self.column) = (line, column)
        }

        init(start location: FileLocation) {
            file = location.path
            (line, column) = (location.line ?? 1, location.column ?? 1)
        }
    }
}
