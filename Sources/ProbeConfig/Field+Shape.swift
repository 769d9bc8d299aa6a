// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

extension Field {
    /// Whether nothing, `~` or `null` is written.
    var isNull: Bool {
        if case .scalar(let scalar) = node.content { scalar.isNull } else { false }
    }

    /// The word for the value's shape.
    var shape: String {
        switch node.content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The parts of a complaint about the shape.
    func shapeDetail(_ expected: String) -> DiagnosticDetail {
        DiagnosticDetail(isNull ? .missingValue : .wrongShape, seen: isNull ? nil : shape, allowed: expected)
    }

    /// The entries of the mapping that this is, without the later ones of duplicates, which are reported.
    ///
    /// Nothing written counts as a mapping without keys, so a section may be commented out line by line.
    ///
    /// - Returns: nil, after a complaint, when it is no mapping.
    func entries() -> [YAMLEntry]? {
        if isNull { return [] }
        guard case .mapping(let entries) = node.content else {
            error("expected a mapping (key: value), found \(shape)", shapeDetail("a mapping"))
            return nil
        }
        var first: [String: YAMLEntry] = [:]
        return entries.filter { entry in
            guard let earlier = first[entry.key] else {
                first[entry.key] = entry
                return true
            }
            sink.duplicate(
                keyPath(of: entry.key),
                at: FileLocation(path: path, position: entry.keyPosition, end: entry.keyEnd),
                first: FileLocation(path: path, position: earlier.keyPosition, end: earlier.keyEnd)
            )
            return false
        }
    }

    /// The items of the list that this is.
    ///
    /// - Parameter wraps: whether a single value stands for a list of one.
    /// - Returns: nil, after a complaint, when it is no list.
    func items(wrapsSingle wraps: Bool = false) -> [Field]? {
        switch node.content {
        case .sequence(let nodes): return nodes.enumerated().map { item($0.offset, $0.element) }
        case .scalar where wraps && !isNull: return [self]
        case .scalar where isNull:
            error("has no value", DiagnosticDetail(.missingValue, allowed: "a list"))
            return nil
        default:
            error("expected a list, found \(shape)", shapeDetail("a list"))
            return nil
        }
    }

    /// The single value that this is.
    ///
    /// - Parameter expected: what should be there, with its article, for the complaint.
    /// - Returns: nil, after a complaint, when there is none.
    func scalar(expecting expected: String) -> YAMLScalar? {
        switch node.content {
        case .scalar(let scalar):
            guard !scalar.isNull else {
                error("has no value (expected \(expected))", DiagnosticDetail(.missingValue, allowed: expected))
                return nil
            }
            return scalar
        case .mapping(let entries):
            if entries.count == 1, let key = entries.first?.key, ContractKeys.references.contains(key) {
                error(
                    "expected \(expected); {\(key): …} stands only for the value of a header or of metadata, and in auth",
                    shapeDetail(expected)
                )
            } else {
                error("expected \(expected), found \(shape)", shapeDetail(expected))
            }
        case .sequence:
            error("expected \(expected), found \(shape)", shapeDetail(expected))
        }
        return nil
    }
}
