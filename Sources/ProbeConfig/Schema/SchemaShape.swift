// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What may stand behind a key, in the terms of the reader's own functions.
indirect enum SchemaShape: Sendable {
    /// `Field.text`: a number or truth value counts as the text it is.
    case text
    /// `Field.filledText`.
    case filledText
    /// A text of which something is known; `${` in it stands for anything.
    case textLike(pattern: String)
    /// `Field.truth`.
    case truth
    /// `Field.wholeNumber`.
    case whole(ClosedRange<Int>)
    /// `Field.number`.
    case number(ClosedRange<Double>)
    /// `Field.duration`.
    case duration(ClosedRange<Duration>)
    /// `Field.size`.
    case size(ClosedRange<Int>)
    /// `Field.rate`.
    case rate(upTo: Double = 1, allowsZero: Bool = true)
    /// `Field.choice`, or other words.
    case words([String])
    /// `Field.pattern`.
    case expression
    /// `Field.absolutePath`.
    case path
    /// `Field.secret`; without `text` it must be kept elsewhere.
    case secret(orText: Bool = true)
    /// The mapping with fixed keys that is called so.
    case place(String)
    /// `Field.items`; a single value may stand for a list of one.
    case list(SchemaShape, counts: ClosedRange<Int>, wraps: Bool = false)
    /// A mapping with free names.
    case free(SchemaShape, names: String? = nil, most: Int? = nil)
    /// Any of several.
    case either([SchemaShape])
    /// What no other case says.
    case exactly(SchemaValue)

    /// As JSON Schema.
    var schema: SchemaValue {
        switch self {
        case .text: return Self.reference("text")
        case .filledText: return Self.reference("filledText")
        case .textLike(let pattern): return ["type": "string", "pattern": .text("\(pattern)|\\$\\{")]
        case .truth: return ["type": "boolean"]
        case .whole(let range):
            return ["type": "integer", "minimum": .whole(range.lowerBound), "maximum": .whole(range.upperBound)]
        case .number(let range):
            return ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        case .duration: return Self.reference("duration")
        case .size: return Self.reference("size")
        case .rate(let most, let allowsZero): return Self.rate(upTo: most, allowsZero: allowsZero)
        case .words(let words): return ["enum": .list(words.flatMap(Self.spellings))]
        case .expression: return Self.reference("expression")
        case .path: return Self.reference("path")
        case .secret(let orText):
            return orText ? ["anyOf": [Self.reference("text"), Self.reference("secret")]] : Self.reference("secret")
        case .place(let name): return Self.reference(name)
        case .list(let item, let counts, let wraps):
            let list: SchemaValue = [
                "type": "array", "items": item.schema, "minItems": .whole(counts.lowerBound),
                "maxItems": .whole(counts.upperBound),
            ]
            return wraps ? ["anyOf": [item.schema, list]] : list
        case .free(let value, let names, let most):
            var schema: SchemaValue = ["type": ["object", "null"], "additionalProperties": value.schema]
            if let names { schema = schema.adding(["propertyNames": ["pattern": .text(names)]]) }
            if let most { schema = schema.adding(["maxProperties": .whole(most)]) }
            return schema
        case .either(let shapes): return ["anyOf": .list(shapes.map(\.schema))]
        case .exactly(let schema): return schema
        }
    }

    /// What a schema's keywords do not say or an editor does not show of the range.
    var range: String? {
        switch self {
        case .whole(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .number(let range): DecimalText.render(range)
        case .duration(let range):
            "duration, \(DurationText.render(range.lowerBound)) to \(DurationText.render(range.upperBound))"
        case .size(let range): "size, \(SizeText.render(range.lowerBound)) to \(SizeText.render(range.upperBound))"
        case .rate(let most, let allowsZero):
            "rate, \(allowsZero ? "0%" : "more than 0%") to \(RateText.render(most))"
        case .list(_, let counts, _): "\(counts.lowerBound) to \(counts.upperBound)"
        case .free(_, _, let most?): "at most \(most)"
        case .either(let shapes): shapes.compactMap(\.range).first
        default: nil
        }
    }

    /// The definition called `name`.
    static func reference(_ name: String) -> SchemaValue { ["$ref": .text("#/$defs/\(name)")] }

    /// A word as YAML types it without quotes, and as a text.
    private static func spellings(of word: String) -> [SchemaValue] {
        if let truth = Bool(word) { return [.text(word), .truth(truth)] }
        if let number = Int(word) { return [.text(word), .whole(number)] }
        if let number = DecimalText.parse(word) { return [.text(word), .number(number)] }
        return [.text(word)]
    }

    private static func rate(upTo most: Double, allowsZero: Bool) -> SchemaValue {
        let percent = most == 1 ? "100(\\.0+)?%|[0-9]{1,2}(\\.[0-9]+)?%" : "50(\\.0+)?%|[0-4]?[0-9](\\.[0-9]+)?%"
        let isZero = "(?!0+(\\.0+)?%?$)"
        let schema: SchemaValue = [
            "type": ["string", "number"],
            "pattern": .text("^\(allowsZero ? "" : isZero)(\(percent)|[01](\\.[0-9]+)?)$"),
            "maximum": .number(most),
        ]
        return schema.adding([allowsZero ? "minimum" : "exclusiveMinimum": 0])
    }

    /// The definitions of values that several keys have.
    static let shared: [(name: String, schema: SchemaValue)] = [
        ("text", ["type": ["string", "number", "boolean"], "pattern": "^[^\\u0000]*$"]),
        ("filledText", ["type": ["string", "number", "boolean"], "pattern": "^[^\\u0000]+$"]),
        ("expression", ["type": ["string", "number", "boolean"], "pattern": "^[^\\u0000]+$"]),
        ("duration", ["type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,3})?(ms|s|m|h|d)$"]),
        ("size", ["type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB)$"]),
        ("path", ["type": "string", "pattern": "^(\\./|/)|\\$\\{"]),
        (
            "secret",
            [
                "description": "A text that is kept elsewhere.", "type": "object",
                "properties": [
                    "env": ["type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"],
                    "file": reference("path"),
                    "credential": ["type": "string", "pattern": "^(?!\\.{1,2}$)[^/]{1,255}$"],
                ],
                "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
            ]
        ),
    ]
}
