// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

/// Parses a file and hands over its outermost value.
enum DocumentReader {
    /// What a file held.
    enum Reading {
        case value(Field)
        /// Nothing but white space and comments.
        case empty
        /// No document; the problems were reported.
        case unreadable
    }

    /// Parses `source`.
    static func read(
        _ source: ConfigurationSource,
        variables: TextVariables,
        sink: DiagnosticSink
    ) -> Reading {
        sink.note(source)
        let document = YAMLDocument(source.bytes)
        for problem in document.problems {
            let line = problem.position.flatMap { sink.lines(of: source.path)?.line($0.line) }
            let hasVariable = line?.firstRange(of: "${") != nil
            let hint = hasVariable ? "inside { } and [ ] a text with ${…} needs quotes" : nil
            sink.error(
                VisibleText.make(problem.message) + (hint.map { " (\($0))" } ?? ""),
                keyPath: "",
                at: FileLocation(path: source.path, position: problem.position),
                DiagnosticDetail(.syntax, hint: hint)
            )
        }
        guard document.problems.isEmpty else { return .unreadable }
        guard let root = document.root else { return .empty }
        return .value(
            Field(
                path: source.path,
                directory: source.directory,
                keyPath: "",
                key: "",
                node: root,
                keyPosition: root.position,
                keyEnd: root.end,
                variables: VariableScope(variables),
                sink: sink
            )
        )
    }
}
