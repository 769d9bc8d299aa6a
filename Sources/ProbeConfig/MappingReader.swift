// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

/// A mapping whose keys are fixed by the contract.
struct MappingReader {
    /// The mapping itself.
    let field: Field
    private let fields: [String: Field]

    /// Reads the keys and complains about those that are unknown, or written twice.
    ///
    /// - Returns: nil, after a complaint, when `field` is no mapping.
    init?(_ field: Field, keys: KnownKeys) {
        guard let entries = field.entries() else { return nil }
        var fields: [String: Field] = [:]
        for entry in entries {
            if keys.supported.contains(entry.key) {
                fields[entry.key] = field.child(entry)
            } else {
                Self.refuse(entry, of: field, keys: keys)
            }
        }
        self.field = field
        self.fields = fields
    }

    /// Reads the keys of a mapping once more, which was complained about before.
    init?(quietly field: Field, keys: KnownKeys) {
        guard case .mapping(let entries) = field.node.content else { return nil }
        self.field = field
        let known = entries.filter { keys.supported.contains($0.key) }.map { ($0.key, field.child($0)) }
        fields = Dictionary(known) { first, _ in first }
    }

    /// The value of `key`, when it is there.
    func field(_ key: String) -> Field? { fields[key] }

    /// The value of `key`, read by `read`, when both are there.
    func value<Value>(_ key: String, _ read: (Field) -> Value?) -> Value? {
        fields[key].flatMap(read)
    }

    /// The value of `key` with its origin; its value is nil when it is there but could not be read.
    func setting<Value>(_ key: String, _ layer: SettingLayer, _ read: (Field) -> Value?) -> Setting<Value>? {
        fields[key].map { Setting(value: read($0), field: $0, layer: layer) }
    }

    /// Puts the value of `key` into `place`, when it is there and could be read.
    func read<Value>(_ key: String, into place: inout Value, _ read: (Field) -> Value?) {
        if let value = value(key, read) { place = value }
    }

    /// The value of `key`, with a complaint when it is not there.
    func required(_ key: String, _ hint: String) -> Field? {
        if fields[key] == nil {
            field.keyError("has no \(key) (\(hint))", DiagnosticDetail(.missingKey, hint: hint))
        }
        return fields[key]
    }

    private static func refuse(_ entry: YAMLEntry, of field: Field, keys: KnownKeys) {
        let location = FileLocation(path: field.path, position: entry.keyPosition, end: entry.keyEnd)
        if let place = keys.elsewhere[entry.key] {
            let keyPath = field.keyPath(of: entry.key)
            field.sink.error(
                "does not belong here (\(place))",
                keyPath: keyPath,
                at: location,
                DiagnosticDetail(.misplacedKey, hint: place)
            )
            return
        }
        let hint = Suggestion.nearest(to: entry.key, in: keys.supported).map { "did you mean \"\($0)\"?" }
        field.sink.error(
            "unknown key \(VisibleText.quoted(entry.key))\(hint.map { " (\($0))" } ?? "")",
            keyPath: field.keyPath,
            at: location,
            DiagnosticDetail(
                .unknownKey,
                seen: VisibleText.cut(entry.key),
                allowed: keys.supported.joined(separator: ", "),
                hint: hint
            )
        )
    }
}
