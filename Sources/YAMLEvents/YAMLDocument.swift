// SPDX-License-Identifier: Apache-2.0

/// A YAML file as a tree with positions, or everything that is wrong with its form.
///
/// Takes less than YAML offers, so that a file means what it shows: one document, no anchors, aliases, tags or merge keys, keys
/// are plain texts, at most `maximumDepth` levels and `maximumNodes` values. Parsing costs time and memory linear in the
/// size of the file, which is at most `maximumBytes`.
///
/// ```swift
/// let document = YAMLDocument(Array("probes: {a: 1}".utf8))
/// document.root?.position  // 1:1
/// ```
package struct YAMLDocument: Sendable {
    /// The outermost value; nil for a file without any, and whenever there are problems.
    package let root: YAMLNode?
    /// What is wrong, by position; at most `maximumProblems`.
    package let problems: [YAMLProblem]

    /// The largest file, in bytes: 1 MiB.
    package static let maximumBytes = 1_048_576
    /// The deepest nesting of sequences and mappings.
    package static let maximumDepth = 32
    /// The most values in one file.
    package static let maximumNodes = 100_000
    /// The most problems that are reported of one file.
    package static let maximumProblems = 100

    /// Reads `bytes`: UTF-8, with or without byte order mark, lines ended by LF, CRLF or CR.
    package init(_ bytes: [UInt8]) {
        let stream = YAMLStream(bytes, mostDocuments: 1)
        root = stream.roots.first
        problems = stream.problems
    }
}
