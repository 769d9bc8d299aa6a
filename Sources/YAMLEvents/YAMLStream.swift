// SPDX-License-Identifier: Apache-2.0

/// A YAML file of several documents, read as `YAMLDocument` reads one and within the same limits, which hold for all of them
/// together.
package struct YAMLStream: Sendable {
    /// The outermost value of each document that has any, in the order written; empty whenever there are problems.
    package let roots: [YAMLNode]
    /// What is wrong, by position; at most `YAMLDocument.maximumProblems`.
    package let problems: [YAMLProblem]

    /// The most documents of one file.
    package static let maximumDocuments = 1_000

    /// Reads `bytes`: UTF-8, with or without byte order mark, lines ended by LF, CRLF or CR.
    package init(_ bytes: [UInt8]) { self.init(bytes, mostDocuments: Self.maximumDocuments) }

    init(_ bytes: [UInt8], mostDocuments: Int) {
        guard bytes.count <= YAMLDocument.maximumBytes else {
            roots = []
            problems = [
                YAMLProblem(
                    position: nil,
                    message: "the file has \(bytes.count) bytes (at most \(YAMLDocument.maximumBytes) are read)"
                )
            ]
            return
        }
        if let problem = CharacterCheck.firstProblem(in: bytes) {
            roots = []
            problems = [problem]
            return
        }
        var builder = TreeBuilder(mostDocuments: mostDocuments)
        var parser = EventParser(bytes)
        do {
            while let event = try parser.next() {
                guard try builder.take(event) else { break }
            }
        } catch {
            builder.report(error)
        }
        roots = builder.problems.isEmpty ? builder.roots : []
        problems = builder.problems
    }
}
