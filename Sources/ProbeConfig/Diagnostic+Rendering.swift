// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

extension Diagnostic {
    /// The diagnostic in the compiler's form, with the source line and a caret below when the line is given.
    ///
    /// ```
    /// probes.d/api.yaml:12:14: error: probes.checkout.timeout: "5x" is not a duration (use 500ms, 5s, 2m)
    ///     timeout: 5x
    ///              ^
    /// ```
    ///
    /// - Parameter sourceLine: the line at `location`, without its end; nil, or a blank line, leaves out line and
    ///   caret. Secrets that were recognised are starred; the line is still for the person who owns the file, never for a log.
    /// - Returns: one or three lines, each ended by a line feed.
    package func render(sourceLine: String?) -> String {
        let headline = "\(VisibleText.make(location.description)): \(severity.rawValue): \(message)\n"
        guard let sourceLine, !sourceLine.allSatisfy(\.isWhitespace), let position = location.position else {
            return headline
        }
        let excerpt = SourceExcerpt(line: starred(sourceLine), column: position.column)
        return headline + excerpt.text + "\n" + excerpt.caret + "\n"
    }

    /// `line` with a star in the place of every character of a secret.
    private func starred(_ line: String) -> String {
        guard !hidden.isEmpty else { return line }
        var scalars = Array(line.unicodeScalars)
        for range in hidden {
            for column in range.clamped(to: 1..<scalars.count + 1) { scalars[column - 1] = "*" }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension [Diagnostic] {
    /// All of them in the compiler's form with their source lines, one after the other.
    ///
    /// - Parameter sources: the files as they were read; a diagnostic of another file is shown without its line.
    /// - Returns: the lines, each ended by a line feed.
    package func render(sources: [ConfigurationSource]) -> String {
        var lines: [String: SourceLines] = [:]
        for source in sources { lines[source.path] = SourceLines(source.bytes) }
        return map { diagnostic in
            let line = diagnostic.location.position.flatMap { lines[diagnostic.location.path]?.line($0.line) }
            return diagnostic.render(sourceLine: line)
        }.joined()
    }
}
