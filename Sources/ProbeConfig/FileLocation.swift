// SPDX-License-Identifier: Apache-2.0

package import YAMLEvents

/// A place in one of the configuration files.
package struct FileLocation: Hashable, Sendable, CustomStringConvertible {
    /// The file's name as in `ConfigurationSource`.
    package let path: String
    /// The place in it; nil for the file as a whole.
    package let position: SourcePosition?
    /// Just behind the last character of what is meant there; nil for a mere point.
    package let end: SourcePosition?

    package init(path: String, position: SourcePosition?, end: SourcePosition? = nil) {
        self.path = path
        self.position = position
        self.end = end
    }

    /// The line, counted from 1; nil for the file as a whole.
    package var line: Int? { position?.line }

    /// The column, counted in characters from 1; nil for the file as a whole.
    package var column: Int? { position?.column }

    /// The line of the end; nil for a mere point.
    package var endLine: Int? { end?.line }

    /// The column just behind the last character; nil for a mere point.
    package var endColumn: Int? { end?.column }

    /// `path:line:column`, or the path alone.
    package var description: String {
        guard let position else { return path }
        return "\(path):\(position)"
    }
}
