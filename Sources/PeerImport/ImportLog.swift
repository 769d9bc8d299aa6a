// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import YAMLEvents

/// Where a conversion writes down what it cannot carry, and what is wrong with its source.
final class ImportLog {
    private(set) var notes: [ImportNote] = []
    private(set) var diagnostics: [Diagnostic] = []
    private var seen: Set<ImportNote> = []
    private var dropped = 0

    /// The most notes that are kept.
    static let mostNotes = 1_000

    /// Notes something that is not carried.
    func note(_ origin: Origin, _ message: String) {
        let note = ImportNote(path: visible(origin.path), line: origin.line, message: visible(message))
        guard seen.insert(note).inserted else { return }
        if notes.count < Self.mostNotes { notes.append(note) } else { dropped += 1 }
    }

    /// Notes a mistake, after which nothing is made of the source.
    func error(_ origin: Origin, _ message: String) {
        let position = origin.line.map { SourcePosition(line: $0, column: origin.column) }
        diagnostics.append(
            Diagnostic(
                severity: .error,
                location: FileLocation(path: origin.path, position: position),
                keyPath: "",
                message: visible(message)
            )
        )
    }

    /// The notes by source, in the order of `paths`, and by line; at the end how many more there were.
    func sorted(paths: [String]) -> [ImportNote] {
        let ranks = Dictionary(
            paths.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
        let sorted = notes.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            return (ranks[one.path] ?? 0, one.line ?? 0, left.offset) < (
                ranks[other.path] ?? 0, other.line ?? 0, right.offset
            )
        }
        guard dropped > 0, let path = paths.first else { return sorted.map(\.element) }
        return sorted.map(\.element) + [ImportNote(path: path, line: nil, message: "and \(dropped) more")]
    }

    private func visible(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(400) {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            let isHidden = scalar.properties.generalCategory == .format
            result.append(isControl || isHidden ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }
}

/// A place in a source.
struct Origin: Hashable {
    let path: String
    /// From 1; nil for the file as a whole.
    let line: Int?
    /// From 1.
    var column = 1

    /// `file:line`.
    var text: String { "\(path)\(line.map { ":\($0)" } ?? "")" }
}
