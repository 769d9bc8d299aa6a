// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Builds JSON Schema (draft 2020-12), as OpenAPI 3.1 has it.
enum Schema {
    static let string: JSONValue = .members(["type": .string("string")])
    static let integer: JSONValue = .members(["type": .string("integer"), "minimum": .integer(0)])
    static let number: JSONValue = .members(["type": .string("number")])
    static let boolean: JSONValue = .members(["type": .string("boolean")])
    static let time: JSONValue = .members(["type": .string("string"), "format": .string("date-time")])
    static let name: JSONValue = .members([
        "type": .string("string"), "pattern": .string("^[a-z0-9._-]{1,\(TargetName.maximumLength)}$"),
    ])
    static let anyObject: JSONValue = .members(["type": .string("object")])
    static let strings: JSONValue = .members(["type": .string("object"), "additionalProperties": string])

    /// A text without control characters.
    static let line = #"^[^\u0000-\u001f\u007f-\u009f]*$"#

    /// A duration as the configuration writes it; the pattern holds those of the usual size.
    static let duration: JSONValue = .members([
        "type": .string("string"),
        "pattern": .string(
            #"^([1-9][0-9]{0,3}(\.[0-9]{1,3})?[sm]|[1-9][0-9]?(\.[0-9]{1,3})?h|([1-9]|[12][0-9])(\.[0-9]{1,3})?d)$"#
        ),
        "description": .string("1s to \(Order.longest.readable), as the configuration writes it: 90s, 10m, 1.5h, 7d"),
        "examples": .array([.string("10m")]),
    ])

    /// One of some words.
    static func words(_ words: [String]) -> JSONValue {
        .members(["type": .string("string"), "enum": .array(words.map(JSONValue.string))])
    }

    /// The words of a closed list.
    static func words<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> JSONValue {
        words(Word.allCases.map(\.rawValue))
    }

    /// A list.
    static func array(_ items: JSONValue) -> JSONValue {
        .members(["type": .string("array"), "items": items])
    }

    /// The value, or null.
    static func nullable(_ schema: JSONValue) -> JSONValue {
        .members(["anyOf": .array([schema, .members(["type": .string("null")])])])
    }

    /// A schema of the components.
    static func reference(_ name: String) -> JSONValue {
        .members(["$ref": .string("#/components/schemas/\(name)")])
    }

    /// An object of an answer: every member is always there, and others may come with a later release.
    static func object(_ properties: KeyValuePairs<String, JSONValue>, optional: [String] = []) -> JSONValue {
        let required = properties.map(\.key).filter { !optional.contains($0) }
        return .members([
            "type": .string("object"),
            "properties": .object(properties.map { JSONValue.Member(name: $0.key, value: $0.value) }),
            "required": .array(required.map(JSONValue.string)),
        ])
    }

    /// An object of a request: no other members.
    static func request(_ properties: KeyValuePairs<String, JSONValue>, required: [String] = []) -> JSONValue {
        .members([
            "type": .string("object"),
            "properties": .object(properties.map { JSONValue.Member(name: $0.key, value: $0.value) }),
            "required": required.isEmpty ? nil : .array(required.map(JSONValue.string)),
            "additionalProperties": .bool(false),
        ])
    }
}
