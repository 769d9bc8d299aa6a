// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

/// Where the readers put what they find, so that one run shows everything.
final class DiagnosticSink {
    private var entries: [Diagnostic] = []
    private var seen: Set<Diagnostic> = []
    private var errorsByPath: [String: Int] = [:]
    private var sources: [String: ConfigurationSource] = [:]
    private var lines: [String: SourceLines] = [:]
    private var hidden: [String: [FileLocation]] = [:]
    /// The files that the configuration names, where it names them.
    private(set) var files: [NamedFile] = []
    /// The secrets that are kept elsewhere, where the configuration names them.
    private(set) var secrets: [NamedSecret] = []

    /// The most errors that are kept of one file; one more says how many were left out.
    static let maximumPerFile = 200

    /// Notes `diagnostic` unless the same was noted before, as when many probes inherit one wrong default.
    func add(_ diagnostic: Diagnostic) {
        guard !seen.contains(diagnostic) else { return }
        if diagnostic.severity == .error {
            errorsByPath[diagnostic.location.path, default: 0] += 1
            guard errorsByPath[diagnostic.location.path, default: 0] <= Self.maximumPerFile else { return }
        }
        seen.insert(diagnostic)
        entries.append(diagnostic)
    }

    /// Whether anything noted is an error.
    var hasErrors: Bool { !errorsByPath.isEmpty }

    /// Notes that the configuration names a file which the agent will read.
    func name(_ file: NamedFile) {
        files.append(file)
    }

    /// Notes that the configuration names a secret which is kept elsewhere.
    func name(_ secret: NamedSecret) {
        secrets.append(secret)
    }

    /// Notes the content of a file, so that places in it can be found.
    func note(_ source: ConfigurationSource) {
        sources[source.path] = source
    }

    /// The lines of a file that is being read; nil for any other.
    func lines(of path: String) -> SourceLines? {
        if let lines = lines[path] { return lines }
        lines[path] = sources[path].map { SourceLines($0.bytes) }
        return lines[path]
    }

    /// Notes an error that concerns `keyPath`.
    func error(
        _ message: String,
        keyPath: String,
        at location: FileLocation,
        related: FileLocation? = nil,
        _ detail: DiagnosticDetail = DiagnosticDetail()
    ) {
        add(
            Diagnostic(
                severity: .error,
                location: location,
                keyPath: keyPath,
                message: keyPath.isEmpty ? message : "\(keyPath): \(message)",
                related: related,
                detail: detail
            )
        )
    }

    /// Notes that `keyPath` was defined before.
    func duplicate(_ keyPath: String, at location: FileLocation, first: FileLocation) {
        add(
            Diagnostic(
                severity: .error,
                location: location,
                keyPath: keyPath,
                message: "\(keyPath) is already defined at \(VisibleText.make(first.description))",
                related: first,
                detail: DiagnosticDetail(.duplicate)
            )
        )
    }

    /// Notes that a secret stands there.
    func hide(_ location: FileLocation) {
        hidden[location.path, default: []].append(location)
    }

    /// Whether a secret stands there.
    func isHidden(_ location: FileLocation) -> Bool {
        hidden[location.path]?.contains { $0.position == location.position } ?? false
    }

    /// The columns of a line that hold secrets.
    private func hiddenColumns(_ place: FileLocation) -> [Range<Int>] {
        guard let line = place.line else { return [] }
        return (hidden[place.path] ?? []).compactMap { secret in
            guard let start = secret.position, let end = secret.end, (start.line...end.line).contains(line) else {
                return nil
            }
            let first = line == start.line ? start.column : 1
            return first..<max(first, line == end.line ? end.column : .max)
        }
    }

    /// Everything noted, by file in the order of `paths`, then by position.
    func sorted(paths: [String]) -> [Diagnostic] {
        let order = Dictionary(zip(paths, 0...), uniquingKeysWith: { first, _ in first })
        var all = entries
        for path in paths {
            let leftOut = errorsByPath[path, default: 0] - Self.maximumPerFile
            guard leftOut > 0 else { continue }
            let last = FileLocation(path: path, position: SourcePosition(line: .max, column: 1))
            all.append(
                Diagnostic(
                    severity: .error,
                    location: last,
                    keyPath: "",
                    message: "and \(leftOut) more errors",
                    detail: DiagnosticDetail(.more)
                )
            )
        }
        let keyed = all.enumerated().map { index, diagnostic in
            (
                file: order[diagnostic.location.path] ?? paths.count,
                position: diagnostic.location.position ?? SourcePosition(line: 0, column: 0),
                index: index, diagnostic: diagnostic
            )
        }
        return keyed.sorted { ($0.file, $0.position, $0.index) < ($1.file, $1.position, $1.index) }.map { entry in
            var summary = entry.diagnostic
            summary.hidden = hiddenColumns(entry.diagnostic.location)
            guard entry.position.line == .max else { return summary }
            summary.hidden = []
            summary.location = FileLocation(path: summary.location.path, position: nil)
            return summary
        }
    }
}
