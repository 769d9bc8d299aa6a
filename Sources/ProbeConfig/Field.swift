// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

/// A value in a file, the keys that lead to it, and where complaints about it go.
///
/// Nothing of it changes. It is a class because every setting keeps the one that it came from: as a structure it made copying the
/// settings of a probe half a megabyte of code.
final class Field {
    /// The file it is in.
    let path: String
    /// The absolute folder of that file; nil when it is not known.
    let directory: String?
    /// The keys that lead to it; empty for the outermost value.
    let keyPath: String
    /// Its own key as written; empty for the outermost value and an item of a list.
    let key: String
    /// The value.
    let node: YAMLNode
    /// Where its key is; the value's own place for an item of a list.
    let keyPosition: SourcePosition
    /// Just behind its key; behind the value for an item of a list.
    let keyEnd: SourcePosition
    /// What `${…}` stands for here.
    let variables: VariableScope
    /// Where complaints go.
    let sink: DiagnosticSink

    init(
        path: String,
        directory: String?,
        keyPath: String,
        key: String,
        node: YAMLNode,
        keyPosition: SourcePosition,
        keyEnd: SourcePosition,
        variables: VariableScope,
        sink: DiagnosticSink
    ) {
        self.path = path
        self.directory = directory
        self.keyPath = keyPath
        self.key = key
        self.node = node
        self.keyPosition = keyPosition
        self.keyEnd = keyEnd
        self.variables = variables
        self.sink = sink
    }

    /// Where the value is.
    var location: FileLocation { FileLocation(path: path, position: node.position, end: node.end) }
    /// Where its key is.
    var keyLocation: FileLocation { FileLocation(path: path, position: keyPosition, end: keyEnd) }

    /// The value of `entry` below this one.
    func child(_ entry: YAMLEntry) -> Field {
        Field(
            path: path,
            directory: directory,
            keyPath: keyPath(of: entry.key),
            key: entry.key,
            node: entry.value,
            keyPosition: entry.keyPosition,
            keyEnd: entry.keyEnd,
            variables: variables,
            sink: sink
        )
    }

    /// The item number `index` of the list that this is.
    func item(_ index: Int, _ item: YAMLNode) -> Field {
        Field(
            path: path,
            directory: directory,
            keyPath: "\(keyPath)[\(index)]",
            key: "",
            node: item,
            keyPosition: item.position,
            keyEnd: item.end,
            variables: variables,
            sink: sink
        )
    }

    /// The key path of `key` below this value; a key that is no plain word is quoted.
    func keyPath(of key: String) -> String {
        let isPlain =
            !key.isEmpty && key.utf8.count <= VisibleText.maximumQuoted
            && key.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
        let word = isPlain ? key : VisibleText.quoted(key)
        return keyPath.isEmpty ? word : "\(keyPath).\(word)"
    }

    /// The same value where `${probe}` stands for `name`.
    func inProbe(_ name: String) -> Field { with(variables.inProbe(name)) }

    /// The same value where `${probe}` stands for any probe's name.
    func inDefaults(_ use: VariableScope.ProbeNameUse) -> Field {
        with(VariableScope(variables.values, place: .defaults(use)))
    }

    private func with(_ variables: VariableScope) -> Field {
        Field(
            path: path,
            directory: directory,
            keyPath: keyPath,
            key: key,
            node: node,
            keyPosition: keyPosition,
            keyEnd: keyEnd,
            variables: variables,
            sink: sink
        )
    }
}
