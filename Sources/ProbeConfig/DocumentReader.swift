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
    static func read(_ source: ConfigurationSource, sink: DiagnosticSink) -> Reading {
        let document = YAMLDocument(source.bytes)
        for problem in document.problems {
            sink.error(
                VisibleText.make(problem.message),
                keyPath: "",
                at: FileLocation(path: source.path, position: problem.position)
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
                sink: sink
            )
        )
    }
}

extension CommonSettings {
    /// The `defaults` of a file; without any, nothing written.
    static func defaults(
        _ file: MappingReader,
        layer: SettingLayer,
        zones: (any ZoneSource)?
    ) -> CommonSettings {
        guard let field = file.field("defaults") else { return CommonSettings() }
        guard let mapping = MappingReader(field, keys: ContractKeys.defaults) else { return .unreadable }
        return CommonSettings(mapping, layer: layer, zones: zones)
    }
}
