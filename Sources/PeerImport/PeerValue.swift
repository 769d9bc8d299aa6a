// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import YAMLEvents

/// A value of a peer's YAML file.
struct PeerValue {
    let node: YAMLNode
    let path: String
    let log: ImportLog

    /// Where it is.
    var origin: Origin { Origin(path: path, line: node.position.line, column: node.position.column) }

    /// The text of a single value; nil for anything else, and for null.
    var text: String? {
        guard case .scalar(let scalar) = node.content, !scalar.isNull else { return nil }
        return scalar.text
    }

    /// Whether `true` is written, as YAML 1.1 reads it, which these peers' libraries do.
    var isTrue: Bool { ["true", "yes", "on"].contains(text?.lowercased() ?? "") }

    /// Its items; a single value is a list of one, null none.
    var items: [PeerValue] {
        switch node.content {
        case .sequence(let nodes): nodes.map { PeerValue(node: $0, path: path, log: log) }
        case .scalar(let scalar): scalar.isNull ? [] : [self]
        case .mapping: [self]
        }
    }

    /// Its texts, as of `items`.
    var texts: [String] { items.compactMap(\.text) }

    /// Its entries; none when it is no mapping.
    var entries: [(key: String, value: PeerValue)] {
        guard case .mapping(let entries) = node.content else { return [] }
        return entries.map { ($0.key, PeerValue(node: $0.value, path: path, log: log)) }
    }

    /// The value of `key`; nil when it is not there, or null.
    subscript(_ key: String) -> PeerValue? {
        guard let value = entries.first(where: { $0.key == key })?.value else { return nil }
        if case .scalar(let scalar) = value.node.content, scalar.isNull { return nil }
        return value
    }

    /// Whether it is a mapping.
    var isMapping: Bool { if case .mapping = node.content { true } else { false } }

    /// The duration that it is; nil, after a note, when it is none.
    func duration() -> Span? {
        guard let text else { return nil }
        if let span = Span(goText: text) { return span }
        log.note(origin, "\"\(text.prefix(40))\" is not a duration, so it is left out")
        return nil
    }

    /// The documents of a file; empty, after complaints, when it is no YAML that we take.
    static func documents(_ source: ConfigurationSource, log: ImportLog) -> [PeerValue] {
        let stream = YAMLStream(source.bytes)
        for problem in stream.problems {
            let line = problem.position?.line
            log.error(Origin(path: source.path, line: line, column: problem.position?.column ?? 1), problem.message)
        }
        return stream.roots.map { PeerValue(node: $0, path: source.path, log: log) }
    }
}

/// A mapping whose keys are taken one by one, so that what is left at the end is what nobody carries.
struct PeerMapping {
    let value: PeerValue
    private var left: [(key: String, value: PeerValue)]

    init(_ value: PeerValue) {
        self.value = value
        left = value.entries
    }

    /// The value of `key`, which counts as carried from now on; nil when it is not there, or null.
    mutating func take(_ key: String) -> PeerValue? {
        let value = value[key]
        left.removeAll { $0.key == key }
        return value
    }

    /// Keys that mean nothing to a check.
    mutating func ignore(_ keys: String...) {
        left.removeAll { keys.contains($0.key) }
    }

    /// Notes what is left.
    ///
    /// - Parameter place: the keys before them, with a point at the end.
    func reportRest(_ place: String = "") {
        for (key, value) in left { value.log.note(value.origin, "\(place)\(key) is not carried") }
    }
}
